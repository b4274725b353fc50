import {
  CountsSum,
  withUntold,
  type Cell,
  type Counts,
  type FacetCell,
  type StreamCells,
} from '../../schemas/index.js';
import { isSetAsideCells } from '../set-aside.js';

interface PartitionCells {
  readonly version: number;
  readonly cells: StreamCells;
}

interface StreamPartials {
  readonly byPartition: Map<number, PartitionCells>;
  /** The offset after the record that changed it last. */
  changedAt: number;
  /** As of that record; Graphite asks for it again with the next minute. */
  total: StreamTotal | undefined;
}

/** A stream's total of one minute: the sum over input partitions. */
export interface StreamTotal {
  readonly stream: string;
  readonly cells: readonly Cell[];
  /** The values of each facet add up to the same as the cells do. Absent: none. */
  readonly facets?: readonly FacetCell[];
}

/** One minute in stage 2: per stream and input partition the cells of the highest version. */
export class MinuteTotals {
  readonly #streams = new Map<string, StreamPartials>();
  #lastChangedAt = -1;

  /** `firstOffset` and `firstLogAppendTimeMs`: of the first partial of this minute. */
  constructor(
    readonly firstOffset: number,
    readonly firstLogAppendTimeMs: number,
  ) {}

  /**
   * Keeps the cells where their version is the highest so far; true when the total may have
   * changed.
   */
  apply(inputPartition: number, version: number, cells: StreamCells, nextOffset: number): boolean {
    const { stream } = cells;
    let partials = this.#streams.get(stream);
    if (partials === undefined) {
      partials = { byPartition: new Map(), changedAt: -1, total: undefined };
      this.#streams.set(stream, partials);
    }
    const present = partials.byPartition.get(inputPartition);
    if (present !== undefined && present.version >= version) return false;
    partials.byPartition.set(inputPartition, { version, cells });
    partials.changedAt = nextOffset;
    partials.total = undefined;
    this.#lastChangedAt = nextOffset;
    return true;
  }

  /** The offset after the record that changed any stream last. */
  get lastChangedAt(): number {
    return this.#lastChangedAt;
  }

  streams(): Iterable<string> {
    return this.#streams.keys();
  }

  changedAt(stream: string): number {
    return this.#streams.get(stream)?.changedAt ?? -1;
  }

  /** True: the total isn't known, for stage 1 has set something of it aside. */
  isSetAside(stream: string): boolean {
    const parts = this.#streams.get(stream)?.byPartition.values() ?? [];
    return [...parts].some(({ cells }) => isSetAsideCells(cells));
  }

  total(stream: string): StreamTotal {
    const partials = this.#streams.get(stream);
    if (partials === undefined) return { stream, cells: [] };
    partials.total ??= knownTotal(stream, partials.byPartition);
    return partials.total;
  }
}

interface KnownTotal {
  readonly parts: readonly StreamCells[];
  readonly total: StreamTotal;
}

/** By the first of its parts: as long as somebody has that. */
const knownTotals = new WeakMap<StreamCells, KnownTotal>();

/**
 * Where the other sink's reader has the same cells, since they were decoded for both, it has summed
 * them up as well.
 */
function knownTotal(stream: string, byPartition: ReadonlyMap<number, PartitionCells>): StreamTotal {
  const parts = Array.from(byPartition.values(), ({ cells }) => cells);
  const [first] = parts;
  const known = first === undefined ? undefined : knownTotals.get(first);
  const isKnown =
    known?.parts.length === parts.length && known.parts.every((part, at) => part === parts[at]);
  if (known !== undefined && isKnown) return known.total;
  const cells = sumOf(
    parts.map((part) => part.cells),
    ({ quality, browser }) => [quality, browser],
  );
  const facets = sumOf(
    parts.map((part) => part.facets ?? []),
    ({ facet, value }) => [facet, value],
  );
  const total = { stream, cells, facets: withUntold(cells, facets) };
  if (first !== undefined) knownTotals.set(first, { parts, total });
  return total;
}

const sum = new CountsSum();

/**
 * Those of the same two texts added up. What only one part has is that part's: nothing is added up
 * for it.
 */
function sumOf<Counted extends { readonly counts: Counts }>(
  parts: readonly (readonly Counted[])[],
  textsOf: (one: Counted) => readonly [string, string],
): readonly Counted[] {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  // A text that is decoded is hashed once, a key that is made of two texts each time.
  const byTexts = new Map<string, Map<string, Counted[]>>();
  const groups: Counted[][] = [];
  for (const part of parts) {
    for (const one of part) {
      const [first, second] = textsOf(one);
      let bySecond = byTexts.get(first);
      if (bySecond === undefined) {
        bySecond = new Map<string, Counted[]>();
        byTexts.set(first, bySecond);
      }
      const group = bySecond.get(second);
      if (group === undefined) {
        const begun = [one];
        bySecond.set(second, begun);
        groups.push(begun);
      } else group.push(one);
    }
  }
  return groups.flatMap(sumOfAlike);
}

function sumOfAlike<Counted extends { readonly counts: Counts }>(
  alike: readonly Counted[],
): readonly Counted[] {
  const [first] = alike;
  if (first === undefined || alike.length === 1) return alike;
  for (const { counts } of alike) sum.add(counts);
  const total = { ...first, counts: sum.counts() };
  sum.clear();
  return [total];
}
