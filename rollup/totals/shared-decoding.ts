import type { LogRecord } from '../../kafka/index.js';
import type { TotalsSharing } from './minute-totals.js';
import { decodePacked, type DecodedPacked } from './packed-partials.js';
import { SharedTotals } from './shared-totals.js';
import { WaitingValues } from './waiting-values.js';

/** Of records that wait for their other readers. */
const waitingBytesMax = 8 * 1_024 * 1_024;

/**
 * Records of `rollup-partials` that one group's reader in this process has decoded, for the other
 * group's reader of the same partition, which comes to the same record about the same time. They
 * wait packed, in few objects. What one reader is behind by more than a bound is decoded twice.
 * Nobody changes what is decoded.
 */
export class SharedDecoding {
  readonly #readers = new Map<number, number>();
  readonly #waiting = new WaitingValues<string, DecodedPacked>(waitingBytesMax);
  readonly #totals = new SharedTotals();

  /** A reader of the partition begins. Returns what it has to call at its end. */
  begin(partition: number): () => void {
    this.#count(partition, 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count(partition, -1);
      this.#totals.forgetBefore(partition, Infinity);
    };
  }

  decode(record: Pick<LogRecord, 'partition' | 'offset' | 'value'>): DecodedPacked {
    const { partition, offset, value } = record;
    const key = `${partition}/${offset}`;
    const known = this.#waiting.take(key);
    if (known !== undefined) return known;
    const decoded = decodePacked(value);
    if (this.#isShared(partition)) this.#waiting.keep(key, decoded, value?.length ?? 0);
    return decoded;
  }

  /** What was added up of what is decoded here, for the readers of the partition. */
  sharing(partition: number): TotalsSharing {
    return {
      take: (parts) => this.#totals.take(parts),
      keep: (parts, total) => {
        if (this.#isShared(partition)) this.#totals.keep(partition, parts, total);
      },
      forgetBefore: (minute) => this.#totals.forgetBefore(partition, minute),
    };
  }

  #isShared(partition: number): boolean {
    return (this.#readers.get(partition) ?? 0) > 1;
  }

  #count(partition: number, change: 1 | -1): void {
    this.#readers.set(partition, (this.#readers.get(partition) ?? 0) + change);
  }
}
