import type { PackedStream } from '../../schemas/index.js';
import type { StreamTotal } from './minute-totals.js';
import { WaitingValues } from './waiting-values.js';

/** Of totals that wait for their other reader. */
const cellsMax = 65_536;

interface Waiting {
  readonly partition: number;
  readonly minute: number;
  readonly parts: readonly PackedStream[];
  readonly total: StreamTotal;
}

/**
 * Totals that one group's reader has added up, for the other group's reader of the same parts,
 * which adds them up about the same time. Bounded: who comes late adds up again. Each keeps the
 * whole records that it was made of, so none may stay when its minute is dropped: a reader that
 * never comes would hold as many records as there are cells in the bound.
 */
export class SharedTotals {
  /** By the first of their parts. */
  readonly #waiting = new WaitingValues<PackedStream, Waiting>(cellsMax);

  take(parts: readonly PackedStream[]): StreamTotal | undefined {
    const [first] = parts;
    const known = first && this.#waiting.take(first);
    const isSame =
      known?.parts.length === parts.length && known.parts.every((part, at) => part === parts[at]);
    return isSame ? known.total : undefined;
  }

  /** `partition`: of `rollup-partials`. */
  keep(partition: number, parts: readonly PackedStream[], total: StreamTotal): void {
    const [first] = parts;
    if (first === undefined) return;
    const { minute } = first.record;
    this.#waiting.keep(first, { partition, minute, parts, total }, total.cells.length);
  }

  /** One reader of the partition has dropped all minutes below. */
  forgetBefore(partition: number, minute: number): void {
    this.#waiting.forget((kept) => kept.partition === partition && kept.minute < minute);
  }
}
