import type { OwnedPartition, StartPosition } from '../kafka/index.js';
import { messageOf, stackOf } from '../service/errors.js';
import { keepInStep } from './in-step.js';
import type { LogEnd } from './log-watch.js';
import { measureReaders } from './metrics.js';
import { PartialsReader } from './partials/partials-reader.js';
import type { StageParts } from './stage-parts.js';
import { SharedDecoding } from './totals/shared-decoding.js';
import { TotalsReader, type TotalsWriting } from './totals/totals-reader.js';

/** How far a partition may be ahead of the slowest that still lags, in minutes. */
const inStepIntervals = 3;

/** Makes the reader of a partition that was assigned. */
type OpenReader<Reader> = (partition: OwnedPartition, start: StartPosition) => Reader;

/**
 * The readers of one process, of both stages: made for what it is assigned, let do what is due,
 * kept in step, dropped when they are closed. It has neither timers nor groups: main.ts and the
 * simulation, each with its own, run this one.
 */
export class Stages {
  readonly #partials = new Set<PartialsReader>();
  readonly #totals = new Set<TotalsReader>();
  readonly #decoding = new SharedDecoding();

  constructor(private readonly parts: StageParts) {}

  /** Stage 1, of a partition of `announces`. */
  readonly openPartials: OpenReader<PartialsReader> = (partition, start) => {
    const reader = new PartialsReader(partition, start, this.parts);
    this.#partials.add(reader);
    return reader;
  };

  /** Stage 2, of partitions of `rollup-partials` that are assigned to one member of a group. */
  openTotals(writing: TotalsWriting): OpenReader<TotalsReader> {
    return (partition, start) => {
      const reader = new TotalsReader(partition, start, {
        ...this.parts,
        ...writing,
        decoding: this.#decoding,
      });
      this.#totals.add(reader);
      return reader;
    };
  }

  /** Does what is due: to be called several times a second. */
  tick(): void {
    dropClosed(this.#partials);
    dropClosed(this.#totals);
    const totals = [...this.#totals];
    const first = totals.filter(({ goesFirst }) => goesFirst);
    const then = totals.filter(({ goesFirst }) => !goesFirst);
    for (const reader of [...this.#partials, ...first, ...then]) this.#tickOf(reader);
    keepInStep([...this.#partials], inStepIntervals * this.parts.cluster.intervalMs);
  }

  /** One reader's failure costs the others nothing: it is told, and tried again. */
  #tickOf(reader: PartialsReader | TotalsReader): void {
    const { watch, logger, rateLimited } = this.parts;
    const { name: partition } = reader;
    try {
      reader.tick();
      watch.wentWell(partition, 'ticking');
    } catch (error) {
      watch.waits(partition, 'ticking', `what is due fails: ${messageOf(error)}`);
      rateLimited.log(`tick ${partition}`, (heldBack) =>
        logger.error(
          { partition, error: stackOf(error), heldBack },
          'what is due for a partition fails; tried again',
        ),
      );
    }
  }

  /** Tells the gauges and the watch of what the readers hold, and of where their logs end. */
  measure(logEnd: LogEnd): void {
    const { metrics, now } = this.parts;
    for (const reader of this.#totals) {
      if (reader.isClosed) continue;
      reader.watchFetching(logEnd);
      reader.watchFinal();
    }
    measureReaders(metrics, [...this.#partials], [...this.#totals], now(), logEnd);
  }
}

function dropClosed(readers: Set<{ readonly isClosed: boolean }>): void {
  for (const reader of readers) if (reader.isClosed) readers.delete(reader);
}
