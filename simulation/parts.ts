import type { GroupCommit, LogProducer, LogRecord } from '../kafka/index.js';
import type { Sink } from '../rollup/sinks/sink.js';
import type { SimulatedProcess } from './simulated-process.js';

/** What a mutation can put in place of a rule that isn't a method of the production core. */
export interface SimulationParts {
  /** A viewer stamps again what it resends. */
  readonly isRestamping: boolean;
  /** A reader goes on behind a gap as if nothing were missing. */
  readonly isGapAllowed: boolean;
  /** The commit that a new owner is told, of all that were ever made, the newest last. */
  readonly commitRead: (
    commit: GroupCommit | undefined,
    history: readonly GroupCommit[],
  ) => GroupCommit | undefined;
  readonly recordsRead: (
    topic: string,
    records: readonly LogRecord[],
    ownerNowMs: number,
  ) => readonly LogRecord[];
  readonly producer: (producer: LogProducer, process: SimulatedProcess) => LogProducer;
  readonly sink: (sink: Sink, process: SimulatedProcess) => Sink;
}

/** The rules as they are. */
export const unchangedParts: SimulationParts = {
  isRestamping: false,
  isGapAllowed: false,
  commitRead: (commit) => commit,
  recordsRead: (_topic, records) => records,
  producer: (producer) => producer,
  sink: (sink) => sink,
};
