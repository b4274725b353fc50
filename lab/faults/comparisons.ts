import { rmSync } from 'node:fs';
import {
  compareMinutes,
  compareOnce,
  compareUntilEqual,
  graphitePrefix,
  readLedgerFiles,
  type CompareOptions,
  type Comparison,
  type Differences,
  type ExpectedCell,
  type SinkOptions,
} from '../oracle/index.js';
import { messageOf } from '../../service/errors.js';
import type { MeasuredFault, Outcome } from './result.js';
import type { StruckFault } from './run-fault.js';
import { streamsOf } from './streams.js';
import { intervalMs, topicShape } from './settings.js';
import type { FaultSystem } from './system.js';

/** How long the sinks have at last to become equal to what the viewers wrote down. */
const settleMsMax = 90_000;

/**
 * Compares what the viewers of faults wrote down with both sinks. The viewers of a fault go when
 * the next one's have come, and their last minute closes while that one strikes: so it is compared
 * a fault later, and again later when it isn't equal yet.
 */
export class Comparisons {
  readonly #waiting: StruckFault[] = [];
  readonly #streams: string[] = [];
  readonly #cells: ExpectedCell[] = [];

  constructor(
    private readonly system: FaultSystem,
    private readonly onOutcome: (outcome: Outcome) => void,
  ) {}

  /** The viewers of a fault have gone. */
  add(struck: StruckFault): void {
    this.#waiting.push(struck);
  }

  /** Tries each that waits, once: who is equal is through. */
  async tryAll(): Promise<void> {
    for (const struck of this.#waiting.splice(0)) {
      try {
        const options = await this.#optionsOf(struck);
        const comparison = await compareOnce(options);
        if (comparison.differences.count === 0) this.#through(struck, options, comparison);
        else this.#waiting.push(struck);
      } catch {
        // A sink may still be away.
        this.#waiting.push(struck);
      }
    }
  }

  /** Waits until those that are left are equal, twice in a row, or have had their time. */
  async finish(): Promise<void> {
    for (const struck of this.#waiting.splice(0)) {
      const { name, what } = struck.measured;
      try {
        const options = await this.#optionsOf(struck);
        const comparison = await compareUntilEqual(options, settleMsMax, this.system.signal);
        this.#through(struck, options, comparison);
      } catch (error) {
        this.system.signal.throwIfAborted();
        this.onOutcome({ name, what, kind: 'broken', reason: messageOf(error) });
      }
    }
  }

  /**
   * Compares the minutes of all of them once more: nobody may have overwritten a good value, or
   * have written where nothing belongs. `withTotal`: the figures over all streams too, if all that
   * announced was compared.
   */
  async again(withTotal: boolean): Promise<Differences> {
    return compareMinutes(this.#cells, this.#streams, this.#sinks(withTotal));
  }

  #sinks(withTotal: boolean): SinkOptions {
    const { clickhouse: clickHouse, graphite } = this.system.stack;
    return {
      intervalMs,
      clickHouse,
      graphiteUrl: graphite.render,
      graphitePrefix,
      withTotal,
      partialPartitions: topicShape.partialPartitions,
    };
  }

  async #optionsOf({ viewers }: StruckFault): Promise<CompareOptions> {
    const ledger = await readLedgerFiles([viewers.ledgerFile]);
    return { ...this.#sinks(false), ledger, renditions: new Map() };
  }

  #through(struck: StruckFault, { ledger }: CompareOptions, comparison: Comparison): void {
    const { cells, values, differences } = comparison;
    const measured: MeasuredFault = struck.measured;
    const { acknowledged, refused, unknown, resent } = ledger.totals();
    this.#streams.push(...streamsOf(measured));
    this.#cells.push(...cells);
    if (differences.count === 0) rmSync(struck.viewers.ledgerFile);
    this.onOutcome({
      ...measured,
      acknowledged,
      refused,
      unknown,
      resent,
      minutesCompared: new Set(cells.map(({ minute }) => minute)).size,
      valuesCompared: values,
      differences: differences.count,
      firstDifferences: differences.first,
    });
  }
}
