/**
 * What a viewer costs, as docs/benchmarks.md#capacity has it; a test holds that this promises no
 * more than that page.
 */
export const measured = {
  viewersPerCore: {
    tracker: 40_000,
    haproxy: 99_000,
    kafka: 89_000,
    rollup: 208_000,
    ingest: 239_000,
    clickhouse: 733_000,
  },
  bytesPerViewer: { tracker: 30_200, haproxy: 6_620, rollup: 3_290, ingest: 1_470 },
  /** What a process has without viewers. */
  bytesPerProcess: 128 * 1_024 * 1_024,
  /** The kernel's own: what the whole machine took beyond its parts, for each socket. */
  kernelBytesPerSocket: 4_400,
  /** In Kafka, with its share of a batch of 8; of a partial of a stream's minute, of 25 cells. */
  announceBytes: 115,
  cellBytes: 80,
  /** What a tracker with viewers of many small streams tells the others (bench:swarm). */
  swarmBytesPerSecond: 1_170,
} as const;
