# Debian's HAProxy, for tests: production takes haproxy:3.2 or the host's own.
ARG DEBIAN=debian:bookworm-slim
FROM ${DEBIAN}
RUN apt-get update -q > /dev/null \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends haproxy > /dev/null \
 && rm -rf /var/lib/apt/lists/*
