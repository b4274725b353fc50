import {
  CountsSum,
  withUntold,
  type Cell,
  type Counts,
  type FacetCell,
  type PackedStream,
} from '../../schemas/index.js';

/** What readers of the same parts share: the total of each. */
export interface TotalsSharing {
  readonly take: (parts: readonly PackedStream[]) => StreamTotal | undefined;
  readonly keep: (parts: readonly PackedStream[], total: StreamTotal) => void;
}

interface StreamPartials {
  /** One of each input partition that has something of it. */
  readonly parts: PackedStream[];
  /** The offset after the record that changed it last. */
  changedAt: number;
  /** As of that record, until it is forgotten. */
  total: StreamTotal | undefined;
}

/** A stream's total of one minute: the sum over input partitions. */
export interface StreamTotal {
  readonly stream: string;
  readonly cells: readonly Cell[];
  /** Absent: none. */
  readonly facets?: TotalFacets;
}

/** There may be many for each stream, so nobody keeps them. */
export interface TotalFacets {
  /** Of how many values there are parts: there are as many at most, beside what isn't told. */
  readonly countMax: number;
  /** Added up each time; the values of each facet add up to the same as the cells do. */
  readonly add: () => readonly FacetCell[];
}

/** A cell is some hundred bytes; a minute's totals are asked for again with the next. */
const totalCellsKept = 2_048;

/** One minute in stage 2: per stream and input partition the cells of the highest version. */
export class MinuteTotals {
  readonly #streams = new Map<string, StreamPartials>();
  #lastChangedAt = -1;
  /** Of the totals that are known. */
  #totalCells = 0;

  /** `firstOffset` and `firstLogAppendTimeMs`: of the first partial of this minute. */
  constructor(
    readonly firstOffset: number,
    readonly firstLogAppendTimeMs: number,
    private readonly sharing: TotalsSharing,
  ) {}

  /**
   * Keeps the cells where their version is the highest so far; true when the total may have
   * changed.
   */
  apply(part: PackedStream, nextOffset: number): boolean {
    const { stream, record } = part;
    let partials = this.#streams.get(stream);
    if (partials === undefined) {
      partials = { parts: [], changedAt: -1, total: undefined };
      this.#streams.set(stream, partials);
    }
    const { parts } = partials;
    const at = parts.findIndex((one) => one.record.inputPartition === record.inputPartition);
    const present = parts[at];
    if (present === undefined) parts.push(part);
    else if (present.record.version >= record.version) return false;
    else parts[at] = part;
    partials.changedAt = nextOffset;
    if (partials.total !== undefined) this.#totalCells -= partials.total.cells.length;
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
    return this.#streams.get(stream)?.parts.some(({ cellCount }) => cellCount === 0) === true;
  }

  total(stream: string): StreamTotal {
    const partials = this.#streams.get(stream);
    if (partials === undefined) return { stream, cells: [] };
    if (partials.total === undefined) {
      // A copy: what is added up later is what is there now.
      partials.total = this.#totalOf(stream, [...partials.parts]);
      this.#totalCells += partials.total.cells.length;
    }
    return partials.total;
  }

  /**
   * Nobody is expected to ask for the totals again soon: where there are many, who does has them
   * added up once more.
   */
  forgetTotals(): void {
    if (this.#totalCells <= totalCellsKept) return;
    for (const partials of this.#streams.values()) partials.total = undefined;
    this.#totalCells = 0;
  }

  #totalOf(stream: string, parts: readonly PackedStream[]): StreamTotal {
    const known = this.sharing.take(parts);
    if (known !== undefined) return known;
    const total = addedUp(stream, parts);
    this.sharing.keep(parts, total);
    return total;
  }
}

function addedUp(stream: string, parts: readonly PackedStream[]): StreamTotal {
  const cells = sumOf(
    parts.flatMap((part) => part.cells()),
    ({ quality }) => quality,
    ({ browser }) => browser,
  );
  const countMax = parts.reduce((sum, { facetCount }) => sum + facetCount, 0);
  if (countMax === 0) return { stream, cells };
  return { stream, cells, facets: { countMax, add: () => facetsOf(parts, cells) } };
}

function facetsOf(parts: readonly PackedStream[], cells: readonly Cell[]): readonly FacetCell[] {
  const facets = sumOf(
    parts.flatMap((part) => part.facets()),
    ({ facet }) => facet,
    ({ value }) => value,
  );
  return withUntold(cells, facets);
}

interface Alike<Counted> {
  readonly first: Counted;
  readonly others: Counted[];
}

/** Those of the same two texts added up. */
function sumOf<Counted extends { readonly counts: Counts }>(
  all: readonly Counted[],
  firstText: (counted: Counted) => string,
  secondText: (counted: Counted) => string,
): readonly Counted[] {
  // A text that is decoded is hashed once, a key that is made of two texts each time.
  const byTexts = new Map<string, Map<string, Alike<Counted>>>();
  const groups: Alike<Counted>[] = [];
  for (const counted of all) {
    let bySecond = byTexts.get(firstText(counted));
    if (bySecond === undefined) {
      bySecond = new Map<string, Alike<Counted>>();
      byTexts.set(firstText(counted), bySecond);
    }
    const alike = bySecond.get(secondText(counted));
    if (alike === undefined) {
      const begun = { first: counted, others: [] };
      bySecond.set(secondText(counted), begun);
      groups.push(begun);
    } else alike.others.push(counted);
  }
  return groups.map(addedToFirst);
}

const sum = new CountsSum();

function addedToFirst<Counted extends { readonly counts: Counts }>({
  first,
  others,
}: Alike<Counted>): Counted {
  if (others.length === 0) return first;
  sum.add(first.counts);
  for (const { counts } of others) sum.add(counts);
  const counts = sum.counts();
  sum.clear();
  return { ...first, counts };
}
