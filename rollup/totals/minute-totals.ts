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
  /** Whoever kept totals of minutes below has dropped these. */
  readonly forgetBefore: (minute: number) => void;
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
  add(): readonly FacetCell[];
}

/** A cell is some hundred bytes; a minute's totals are asked for again with the next. */
const totalCellsKept = 2_048;

/**
 * One minute in stage 2: per stream and input partition the cells of the highest version. It is
 * made of few arrays: with an object for each of many streams in each minute the collector would
 * have more to go through than there is to count.
 */
export class MinuteTotals {
  /** Streams' places by their keys. */
  readonly #streams = new Map<string, number>();
  /** By stream: the place of its first part, the offset after the record that changed it last. */
  readonly #firsts: number[] = [];
  readonly #changedAt: number[] = [];
  /** By stream: as of that record, until it is forgotten. */
  readonly #totals: (StreamTotal | undefined)[] = [];
  /** One of each stream and input partition, and the place of the stream's next; −1: none. */
  readonly #parts: PackedStream[] = [];
  readonly #nexts: number[] = [];
  #lastChangedAt = -1;
  /** Of the totals that are known. */
  #totalCells = 0;
  /** True: what is added up from now on nobody else waits for. */
  #isForgotten = false;

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
    const known = this.#streams.get(part.stream);
    if (known === undefined) this.#addStream(part);
    else if (!this.#keepPart(known, part)) return false;
    const stream = known ?? this.#firsts.length - 1;
    this.#changedAt[stream] = nextOffset;
    this.#totalCells -= this.#totals[stream]?.cells.length ?? 0;
    this.#totals[stream] = undefined;
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
    return this.#changedAt[this.#streams.get(stream) ?? -1] ?? -1;
  }

  /** True: the total isn't known, for stage 1 has set something of it aside. */
  isSetAside(stream: string): boolean {
    return this.#partsOf(this.#streams.get(stream)).some(({ cellCount }) => cellCount === 0);
  }

  total(stream: string): StreamTotal {
    const place = this.#streams.get(stream);
    if (place === undefined) return { stream, cells: [] };
    let total = this.#totals[place];
    if (total === undefined) {
      total = this.#totalOf(stream, this.#partsOf(place));
      this.#totals[place] = total;
      this.#totalCells += total.cells.length;
    }
    return total;
  }

  /**
   * Nobody is expected to ask for the totals again soon: where there are many, who does has them
   * added up once more.
   */
  forgetTotals(): void {
    if (this.#totalCells <= totalCellsKept) return;
    this.#totals.fill(undefined);
    this.#totalCells = 0;
    this.#isForgotten = true;
  }

  #addStream(part: PackedStream): void {
    this.#streams.set(part.stream, this.#firsts.length);
    this.#firsts.push(this.#addPart(part));
    this.#changedAt.push(-1);
    this.#totals.push(undefined);
  }

  /** False: of its input partition there is a part of the same version, or of a higher one. */
  #keepPart(stream: number, part: PackedStream): boolean {
    const { inputPartition, version } = part.record;
    let last = -1;
    for (let at = this.#firsts[stream] ?? -1; at >= 0; at = this.#nexts[at] ?? -1) {
      last = at;
      const present = this.#parts[at]?.record;
      if (present?.inputPartition !== inputPartition) continue;
      if (present.version >= version) return false;
      this.#parts[at] = part;
      return true;
    }
    this.#nexts[last] = this.#addPart(part);
    return true;
  }

  #addPart(part: PackedStream): number {
    this.#nexts.push(-1);
    return this.#parts.push(part) - 1;
  }

  #partsOf(stream = -1): PackedStream[] {
    const parts: PackedStream[] = [];
    for (let at = this.#firsts[stream] ?? -1; at >= 0; at = this.#nexts[at] ?? -1) {
      const part = this.#parts[at];
      if (part !== undefined) parts.push(part);
    }
    return parts;
  }

  #totalOf(stream: string, parts: readonly PackedStream[]): StreamTotal {
    const known = this.sharing.take(parts);
    if (known !== undefined) return known;
    const total = addedUp(stream, parts);
    if (!this.#isForgotten) this.sharing.keep(parts, total);
    return total;
  }
}

function addedUp(stream: string, parts: readonly PackedStream[]): StreamTotal {
  const cells = sumOf(
    parts.flatMap((part) => part.cells()),
    ({ quality }) => quality,
    ({ browser }) => browser,
  );
  const facets = new FacetsOfParts(parts, cells);
  return facets.countMax === 0 ? { stream, cells } : { stream, cells, facets };
}

class FacetsOfParts implements TotalFacets {
  constructor(
    private readonly parts: readonly PackedStream[],
    private readonly cells: readonly Cell[],
  ) {}

  get countMax(): number {
    return this.parts.reduce((sum, { facetCount }) => sum + facetCount, 0);
  }

  add(): readonly FacetCell[] {
    const facets = sumOf(
      this.parts.flatMap((part) => part.facets()),
      ({ facet }) => facet,
      ({ value }) => value,
    );
    return withUntold(this.cells, facets);
  }
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
