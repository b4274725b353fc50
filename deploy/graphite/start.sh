#!/bin/bash
# Runs carbon and graphite-web until one of them ends or we're told to stop.
set -euo pipefail
[ -z "${GRAPHITE_SECRET_KEY_FILE:-}" ] || GRAPHITE_SECRET_KEY=$(cat "$GRAPHITE_SECRET_KEY_FILE")
export GRAPHITE_SECRET_KEY
mkdir -p /var/lib/graphite/whisper /var/lib/graphite/log/webapp
rm -f /var/lib/graphite/carbon-cache-a.pid
graphite-manage migrate --run-syncdb --noinput > /dev/null
carbon-cache --nodaemon --config=/etc/carbon/carbon.conf start &
gunicorn --bind 0.0.0.0:8000 --workers 2 --threads 4 --worker-tmp-dir /dev/shm --log-level warning graphite.wsgi:application &
trap 'kill $(jobs -p) 2> /dev/null; wait' EXIT INT TERM
wait -n
