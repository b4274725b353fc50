import type {
  GroupCommit,
  LogRecord,
  PartitionOffsets,
  PartitionsProducer,
} from '../../kafka/index.js';
import type { OpenCarbonSocket } from '../../graphite/index.js';
import type { InsertRows } from '../../ingest/announce-table.js';
import type { Sink } from '../../rollup/sinks/sink.js';
import type { SimulatedProcess } from './simulated-process.js';

/** What a new owner could be told besides its partition's commit. */
export interface CommitContext {
  /** All commits that were ever made, the newest last. */
  readonly history: readonly GroupCommit[];
  readonly log: PartitionOffsets;
}

/** What a mutation can put in place of a rule that isn't a method of the production core. */
export interface SimulationParts {
  /** A viewer stamps again what it resends. */
  readonly isRestamping: boolean;
  /** What the guards of reading are offered. */
  readonly recordsFetched: (
    topic: string,
    expectedOffset: number,
    records: readonly LogRecord[],
  ) => readonly LogRecord[];
  /** The commit that a new owner is told. */
  readonly commitRead: (
    commit: GroupCommit | undefined,
    context: CommitContext,
  ) => GroupCommit | undefined;
  readonly recordsRead: (
    topic: string,
    records: readonly LogRecord[],
    ownerNowMs: number,
  ) => readonly LogRecord[];
  readonly producer: (
    producer: PartitionsProducer,
    process: SimulatedProcess,
  ) => PartitionsProducer;
  /** How ingest inserts raw rows. */
  readonly insertRaw: (insert: InsertRows) => InsertRows;
  readonly sink: (sink: Sink, process: SimulatedProcess) => Sink;
  /** By which version records are written, where this one is to be. */
  readonly recordsVersion: (version: number) => number;
  readonly carbonSockets: (open: OpenCarbonSocket) => OpenCarbonSocket;
}

/** The rules as they are. */
export const unchangedParts: SimulationParts = {
  isRestamping: false,
  recordsFetched: (_topic, _expectedOffset, records) => records,
  commitRead: (commit) => commit,
  recordsRead: (_topic, records) => records,
  producer: (producer) => producer,
  insertRaw: (insert) => insert,
  sink: (sink) => sink,
  recordsVersion: (version) => version,
  carbonSockets: (open) => open,
};
