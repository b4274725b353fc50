import { Type } from 'typebox';
import { clickHouseSettings } from '../clickhouse/index.js';
import { kafkaSettings } from '../kafka/index.js';
import { adminPort, commonSettings, ringSettings } from '../service/config.js';

/** The settings of ingest. */
export const ingestSettings = Type.Object({
  ...commonSettings,
  ...ringSettings,
  ...kafkaSettings,
  ...clickHouseSettings,
  admin_port: adminPort(2932),
  clickhouse_create_database: Type.Optional(
    Type.Boolean({
      description:
        'True: a missing database is made; false: it is an error; not set: only the one named ' +
        '`viblast` is made, since another name may be a mistake.',
    }),
  ),
  ingest_rows_max: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 10_000,
    description:
      'Rows that wait for ClickHouse at which they are written as one batch; raise it for fewer ' +
      'and larger inserts.',
  }),
  ingest_wait_seconds: Type.Number({
    minimum: 0.1,
    maximum: 60,
    default: 2,
    description:
      'Seconds after which the oldest row that waits is written whatever else waits; raise it ' +
      'for fewer inserts, lower it for fresher tables.',
  }),
  ingest_memory_megabytes_max: Type.Integer({
    minimum: 1,
    maximum: 4_096,
    default: 64,
    description:
      'Megabytes (of 2^20 bytes) between Kafka and ClickHouse above which reading pauses; what ' +
      'was fetched already comes on top.',
  }),
  raw_ttl_days: Type.Integer({
    minimum: 1,
    maximum: 3_650,
    default: 30,
    description:
      "Days that raw announces are kept in ClickHouse; what is older can't be verified or " +
      'recomputed any more; the same on all ingests.',
  }),
});
