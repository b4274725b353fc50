import type { PackedStream } from '../../schemas/index.js';
import type { StreamTotal } from './minute-totals.js';
import { WaitingValues } from './waiting-values.js';

/** Of totals that wait for their other reader: each keeps the records that it was made of. */
const cellsMax = 65_536;

interface Waiting {
  readonly parts: readonly PackedStream[];
  readonly total: StreamTotal;
}

/**
 * Totals that one group's reader has added up, for the other group's reader of the same parts,
 * which adds them up about the same time. Bounded: who comes late adds up again.
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

  keep(parts: readonly PackedStream[], total: StreamTotal): void {
    const [first] = parts;
    if (first !== undefined) this.#waiting.keep(first, { parts, total }, total.cells.length);
  }
}
