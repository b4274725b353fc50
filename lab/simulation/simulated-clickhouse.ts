import { AppError, messageOf } from '../../service/errors.js';
import type { Faults } from './faults.js';
import type { Random } from './random.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { VirtualClock } from './virtual-clock.js';

export interface SimulatedClickHouseOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: Faults;
}

/** As ClickHouse refuses rows for what is in them. */
export function rowRefusal(reason: string): AppError {
  return new AppError('clickhouse_refused_rows', reason);
}

/** The server of all tables: how inserts get to it, and what they are answered. */
export class SimulatedClickHouse {
  #awayUntilMs = -Infinity;

  constructor(private readonly options: SimulatedClickHouseOptions) {}

  goAway(durationMs: number): void {
    this.#awayUntilMs = this.options.clock.nowMs + durationMs;
  }

  /**
   * An insert of a process: it may fail before or after `write` did it. What `write` throws is the
   * answer.
   */
  insert(process: SimulatedProcess, write: () => void): Promise<void> {
    const { clock, random, faults } = this.options;
    return new Promise((resolve, reject) => {
      process.awaits();
      if (!process.isAlive) return;
      const answer = (afterMs: number, refusal?: unknown): void =>
        process.after(afterMs, () => {
          process.awaits();
          if (refusal === undefined) resolve();
          else reject(refusal instanceof Error ? refusal : new Error(messageOf(refusal)));
        });
      const timeOut = new AppError('clickhouse_unavailable', 'time-out', { retryable: true });
      if (faults.strikes('insert fails')) {
        answer(random.between(10, 3_000), timeOut);
        return;
      }
      const isSlow = faults.strikes('insert is slow');
      const isUnanswered = faults.strikes('insert fails after writing');
      clock.after(isSlow ? random.between(1_000, 20_000) : random.between(2, 60), () => {
        if (clock.nowMs < this.#awayUntilMs) {
          answer(random.between(10, 500), timeOut);
          return;
        }
        try {
          write();
        } catch (error) {
          answer(random.between(2, 30), error);
          return;
        }
        if (isUnanswered) answer(random.between(2, 5_000), timeOut);
        else answer(random.between(2, 30));
      });
    });
  }
}
