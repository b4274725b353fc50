#!/bin/sh
# Makes the secrets of docker-compose.yml that are not there yet, each a random line in a file of deploy/compose/secrets/.
# The folder is for its owner alone; the files in it are readable, since each container reads its own as another user.
set -eu
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
chmod 700 "$folder"
for name in admin-token grafana-password graphite-secret-key portal-token; do
  file=$folder/$name
  [ ! -s "$file" ] || continue
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' > "$file"
  chmod 444 "$file"
  echo "made $file"
done
