import type { PackedStream } from '../../schemas/index.js';
import { rowsOf, type StreamTotal } from './minute-totals.js';

/** Of totals that wait for their other reader: a cell or facet is some hundred bytes. */
const rowsMax = 262_144;

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
  readonly #waiting = new Map<PackedStream, Waiting>();
  #rows = 0;

  take(parts: readonly PackedStream[]): StreamTotal | undefined {
    const [first] = parts;
    const known = first === undefined ? undefined : this.#waiting.get(first);
    if (known === undefined) return undefined;
    this.#forget(known);
    const isSame =
      known.parts.length === parts.length && known.parts.every((part, at) => part === parts[at]);
    return isSame ? known.total : undefined;
  }

  keep(parts: readonly PackedStream[], total: StreamTotal): void {
    const [first] = parts;
    if (first === undefined) return;
    const before = this.#waiting.get(first);
    if (before !== undefined) this.#forget(before);
    this.#waiting.set(first, { parts, total });
    this.#rows += rowsOf(total);
    for (const oldest of this.#waiting.values()) {
      if (this.#rows <= rowsMax) break;
      this.#forget(oldest);
    }
  }

  #forget({ parts, total }: Waiting): void {
    const [first] = parts;
    if (first !== undefined) this.#waiting.delete(first);
    this.#rows -= rowsOf(total);
  }
}
