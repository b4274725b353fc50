import { Type } from 'typebox';
import { clickHouseSettings } from '../clickhouse/index.js';
import { commonSettings } from '../service/config.js';

/** The settings of ingest. */
export const ingestSettings = Type.Object({
  ...commonSettings,
  ...clickHouseSettings,
  admin_port: Type.Integer({ minimum: 0, maximum: 65_535, default: 2932 }),
  /** Whether a missing database is made. Not set: only the one named `viblast`. */
  clickhouse_create_database: Type.Optional(Type.Boolean()),
  /** A batch is written once this many rows wait … */
  ingest_rows_max: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 10_000 }),
  /** … or the oldest has waited this long. */
  ingest_wait_seconds: Type.Number({ minimum: 0.1, maximum: 60, default: 2 }),
  /** Above this much between Kafka and ClickHouse reading pauses; what was fetched already comes on top. */
  ingest_memory_megabytes_max: Type.Integer({ minimum: 1, maximum: 4_096, default: 64 }),
  /** How long raw announces are kept. */
  raw_ttl_days: Type.Integer({ minimum: 1, maximum: 3_650, default: 30 }),
});
