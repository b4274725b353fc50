import {
  CountsSum,
  withUntold,
  type Cell,
  type Counts,
  type FacetCell,
} from '../../schemas/index.js';
import { isSetAsideCells } from '../set-aside.js';
import type { PackedCounts } from './packed-counts.js';
import type { PackedStream } from './packed-partials.js';

interface PartitionPart {
  readonly version: number;
  readonly part: PackedStream;
}

interface StreamPartials {
  readonly byPartition: Map<number, PartitionPart>;
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
  apply(inputPartition: number, version: number, part: PackedStream, nextOffset: number): boolean {
    const { stream } = part;
    let partials = this.#streams.get(stream);
    if (partials === undefined) {
      partials = { byPartition: new Map(), changedAt: -1, total: undefined };
      this.#streams.set(stream, partials);
    }
    const present = partials.byPartition.get(inputPartition);
    if (present !== undefined && present.version >= version) return false;
    partials.byPartition.set(inputPartition, { version, part });
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
    return [...parts].some(({ part }) => isSetAsideCells(part));
  }

  total(stream: string): StreamTotal {
    const partials = this.#streams.get(stream);
    if (partials === undefined) return { stream, cells: [] };
    partials.total ??= knownTotal(stream, partials.byPartition);
    return partials.total;
  }
}

interface KnownTotal {
  readonly parts: readonly PackedStream[];
  readonly total: StreamTotal;
}

/** By the first of its parts: as long as somebody has that. */
const knownTotals = new WeakMap<PackedStream, KnownTotal>();

/**
 * Where the other sink's reader has the same cells, since they were decoded for both, it has summed
 * them up as well.
 */
function knownTotal(stream: string, byPartition: ReadonlyMap<number, PartitionPart>): StreamTotal {
  const parts = Array.from(byPartition.values(), ({ part }) => part);
  const [first] = parts;
  const known = first === undefined ? undefined : knownTotals.get(first);
  const isKnown =
    known?.parts.length === parts.length && known.parts.every((part, at) => part === parts[at]);
  if (known !== undefined && isKnown) return known.total;
  const cells = sumOf(
    parts.map((part) => part.cells),
    (quality, browser, counts): Cell => ({ quality, browser, counts }),
  );
  const facets = sumOf(
    parts.map((part) => part.facets),
    (facet, value, counts): FacetCell => ({ facet, value, counts }),
  );
  const total = { stream, cells, facets: withUntold(cells, facets) };
  if (first !== undefined) knownTotals.set(first, { parts, total });
  return total;
}

/** Those of the same two texts, each by its part and its index there. */
interface Alike<Second extends string> {
  readonly first: string;
  readonly second: Second;
  readonly parts: PackedCounts<Second>[];
  readonly indexes: number[];
}

/** Those of the same two texts added up. */
function sumOf<Second extends string, Counted>(
  parts: readonly PackedCounts<Second>[],
  counted: (first: string, second: Second, counts: Counts) => Counted,
): readonly Counted[] {
  // A text that is decoded is hashed once, a key that is made of two texts each time.
  const byTexts = new Map<string, Map<string, Alike<Second>>>();
  const groups: Alike<Second>[] = [];
  for (const part of parts) {
    for (const [index, first] of part.firsts.entries()) {
      const second = part.seconds[index];
      if (second === undefined) continue;
      let bySecond = byTexts.get(first);
      if (bySecond === undefined) {
        bySecond = new Map<string, Alike<Second>>();
        byTexts.set(first, bySecond);
      }
      const alike = bySecond.get(second);
      if (alike === undefined) {
        const begun = { first, second, parts: [part], indexes: [index] };
        bySecond.set(second, begun);
        groups.push(begun);
      } else {
        alike.parts.push(part);
        alike.indexes.push(index);
      }
    }
  }
  return groups.map((alike) => counted(alike.first, alike.second, sumOfAlike(alike)));
}

const sum = new CountsSum();

function sumOfAlike({ parts, indexes }: Alike<string>): Counts {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first.counts(indexes[0] ?? 0);
  for (const [at, part] of parts.entries()) part.addTo(sum, indexes[at] ?? 0);
  const counts = sum.counts();
  sum.clear();
  return counts;
}
