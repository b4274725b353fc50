# For the front of ClickHouse's engine, which is no part of the product: its program and npm packages are mounted.
ARG NODE=node:24-bookworm-slim
FROM ${NODE}
