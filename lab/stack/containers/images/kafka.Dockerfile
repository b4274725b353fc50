# A broker of the jars that Maven has put into libs/, for tests: production takes apache/kafka. They lie where they lie on
# the host (LIBS), so that the archive of their classes, which names them, is taken.
ARG DEBIAN=debian:bookworm-slim
FROM ${DEBIAN}
RUN mkdir -p /usr/share/man/man1 && apt-get update -q > /dev/null \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends default-jre-headless > /dev/null \
 && rm -rf /var/lib/apt/lists/*
ARG LIBS
COPY libs ${LIBS}
COPY log4j2.properties ${LIBS}/../log4j2.properties
