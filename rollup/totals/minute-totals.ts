import { CountsSum, type Cell, type StreamCells } from '../../schemas/index.js';
import { groupBy } from '../../service/group-by.js';

interface PartitionCells {
  readonly version: number;
  readonly cells: readonly Cell[];
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
  apply(
    inputPartition: number,
    version: number,
    { stream, cells }: StreamCells,
    nextOffset: number,
  ): boolean {
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

  total(stream: string): StreamTotal {
    const partials = this.#streams.get(stream);
    if (partials === undefined) return { stream, cells: [] };
    partials.total ??= { stream, cells: knownSum(partials.byPartition) };
    return partials.total;
  }
}

interface KnownSum {
  readonly parts: readonly (readonly Cell[])[];
  readonly cells: readonly Cell[];
}

/** By the first of its parts: as long as somebody has that. */
const knownSums = new WeakMap<readonly Cell[], KnownSum>();

/**
 * Where the other sink's reader has the same cells, since they were decoded for both, it has summed
 * them up as well.
 */
function knownSum(byPartition: ReadonlyMap<number, PartitionCells>): readonly Cell[] {
  const parts = Array.from(byPartition.values(), ({ cells }) => cells);
  const [first = []] = parts;
  const known = knownSums.get(first);
  const isKnown =
    known?.parts.length === parts.length && known.parts.every((part, at) => part === parts[at]);
  if (known !== undefined && isKnown) return known.cells;
  const cells = sumOfPartitions(byPartition);
  knownSums.set(first, { parts, cells });
  return cells;
}

/** By quality and browser; NUL is in no quality. */
function cellKey({ quality, browser }: Cell): string {
  return `${quality}\0${browser}`;
}

const sum = new CountsSum();

/** A cell that only one partition has is that partition's: nothing is added up for it. */
function sumOfPartitions(byPartition: ReadonlyMap<number, PartitionCells>): readonly Cell[] {
  const [first] = byPartition.values();
  if (byPartition.size === 1 && first !== undefined) return first.cells;
  const cells = Array.from(byPartition.values(), (partition) => partition.cells).flat();
  return Array.from(groupBy(cells, cellKey).values(), sumOfCells).flat();
}

function sumOfCells(cells: readonly Cell[]): readonly Cell[] {
  const [first, ...others] = cells;
  if (first === undefined || others.length === 0) return cells;
  for (const { counts } of cells) sum.add(counts);
  const total = { ...first, counts: sum.counts() };
  sum.clear();
  return [total];
}
