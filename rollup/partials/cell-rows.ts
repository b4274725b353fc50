import {
  browserAt,
  bucketOf,
  cdnReasons,
  counterNames,
  counterOf,
  failures,
  placesOf,
  reportedNumber,
  roles,
  saturated,
  writtenFunction,
  type AnnounceColumns,
  type Cell,
  type CounterName,
  type Role,
} from '../../schemas/index.js';

/**
 * Counters as they stand in a block of a row: by their places, one column for each. A row has one
 * block of those that the first version of announces fills, and one of the second's once it has
 * anything to count there.
 */
interface Block {
  readonly counters: readonly CounterName[];
  /** The place of each column. */
  readonly places: readonly number[];
}

const first = blockOf((name) => counterOf(name).isSecond !== true);
const second = blockOf((name) => counterOf(name).isSecond === true);

function blockOf(isOfBlock: (name: CounterName) => boolean): Block {
  const counters = counterNames
    .filter(isOfBlock)
    .toSorted((left, right) => counterOf(left).place - counterOf(right).place);
  const places = counters.flatMap((name) =>
    Array.from({ length: placesOf(name) }, (_, bucket) => counterOf(name).place + bucket),
  );
  return { counters, places };
}

/** A counter's column in its block at `base`, as source. */
function at(name: CounterName): string {
  const { place, isSecond } = counterOf(name);
  return `base + ${(isSecond === true ? second : first).places.indexOf(place)}`;
}

/** What a counter takes of an announce, as source: `sums` has the blocks, `counted` the columns. */
function countSource(name: CounterName): string {
  const { of, per, times, boundsMs } = counterOf(name);
  if (of === 'viewer') return '';
  if (of === 'announce') return when(name, `sums[${at(name)}] += 1;`);
  const told = `counted.${of}[index]`;
  if (boundsMs === undefined) {
    const value = times === undefined ? told : `${told} * counted.${times}[index]`;
    const sum = `sums[${at(name)}] += ${value};`;
    // What may be untold is −1 then.
    const isCertain = [of, times ?? of].every((number) => reportedNumber(number).untold === 0);
    return when(name, isCertain ? sum : `if (${value} > 0) ${sum}`);
  }
  const bucket = (value: string): string => `bucketOf(${value}, bounds.${name})`;
  if (per === undefined) {
    return when(name, `if (${told} >= 0) sums[${at(name)} + ${bucket(told)}] += 1;`);
  }
  const count = `counted.${per}[index]`;
  return when(
    name,
    `if (${count} > 0) sums[${at(name)} + ${bucket(`${told} / ${count}`)}] += ${count};`,
  );
}

/** The source, as far as the announce says what the counter takes. */
function when(name: CounterName, source: string): string {
  const { when: condition } = counterOf(name);
  if (condition === undefined) return source;
  if ('number' in condition) return `if (numbers[index] === ${condition.number}) ${source}`;
  if ('told' in condition) return `if (counted.${condition.told}[index] >= 0) ${source}`;
  if ('failure' in condition) {
    return `if (failures[index] === ${failures.indexOf(condition.failure)}) ${source}`;
  }
  return `if (cdnReasons[index] === ${cdnReasons.indexOf(condition.cdnReason)}) ${source}`;
}

const bounds = Object.fromEntries(counterNames.map((name) => [name, counterOf(name).boundsMs]));

const viewerRole = roles.indexOf('viewer');
const seederRole = roles.indexOf('seeder');
const untoldReason = cdnReasons.indexOf('untold');

/** What an announce of a role adds to the block at `base`, as source of a function. */
function countedOf(block: Block, byRole: (of: (role: Role | 'any') => string) => string): Count {
  const ofRole = (role: Role | 'any'): string =>
    block.counters
      .filter((name) => (counterOf(name).ofRole ?? 'viewer') === role)
      .map(countSource)
      .join('\n');
  return writtenFunction(
    `return function count(sums, base, columns, index) {
      const { counted, numbers, roles, failures, cdnReasons } = columns;
      ${byRole(ofRole)}
    };`,
    { bucketOf, bounds },
  ) as Count;
}

/** Adds what row `index` of the columns reports to the block at `base`; all but the viewer. */
type Count = (sums: Float64Array, base: number, columns: AnnounceColumns, index: number) => void;

const countFirst = countedOf(
  first,
  (of) => `${of('any')} if (roles[index] === ${viewerRole}) { ${of('viewer')} }`,
);
const countSecond = countedOf(
  second,
  (of) => `if (roles[index] === ${viewerRole}) { ${of('viewer')} } else { ${of('seeder')} }`,
);

function fillsSecondBlock(columns: AnnounceColumns, index: number): boolean {
  if (!columns.isSecond) return false;
  const role = columns.roles[index];
  return role === viewerRole ? columns.cdnReasons[index] !== untoldReason : role === seederRole;
}

/** Blocks one after the other in one array of doubles. */
class Blocks {
  sums: Float64Array;
  #count = 0;

  constructor(
    private readonly places: readonly number[],
    firstBlocks: number,
  ) {
    this.sums = new Float64Array(firstBlocks * places.length);
  }

  /** A new block of zeros; where it begins. */
  add(): number {
    const base = this.#count * this.places.length;
    this.#count += 1;
    if (base + this.places.length > this.sums.length) {
      const grown = new Float64Array(Math.max(this.sums.length * 2, this.places.length));
      grown.set(this.sums);
      this.sums = grown;
    }
    return base;
  }

  addBlock(base: number, others: Blocks, otherBase: number): void {
    const { sums } = this;
    const { length } = this.places;
    for (let column = 0; column < length; column += 1) {
      sums[base + column] = (sums[base + column] ?? 0) + (others.sums[otherBase + column] ?? 0);
    }
  }
}

/** Pairs of place and count of what isn't zero. */
function firstCounts(sums: Float64Array, base: number): number[] {
  const counts: number[] = [];
  const { places } = first;
  for (let column = 0; column < places.length; column += 1) {
    const count = sums[base + column] ?? 0;
    if (count > 0) counts.push(places[column] ?? 0, saturated(count));
  }
  return counts;
}

/** All columns of both blocks, in the order of their places. */
const bothColumns = [first, second]
  .flatMap((block) =>
    block.places.map((place, column) => ({ place, column, isSecond: block === second })),
  )
  .toSorted((left, right) => left.place - right.place);

function bothCounts(
  sums: Float64Array,
  base: number,
  secondSums: Float64Array,
  secondBase: number,
): number[] {
  const counts: number[] = [];
  for (const { place, column, isSecond } of bothColumns) {
    const count = (isSecond ? secondSums[secondBase + column] : sums[base + column]) ?? 0;
    if (count > 0) counts.push(place, saturated(count));
  }
  return counts;
}

const firstRows = 16;
const viewersColumn = first.places.indexOf(counterOf('viewers').place);

/** The counters of one minute's cells as rows. */
export class CellRows {
  readonly #first = new Blocks(first.places, firstRows);
  readonly #second = new Blocks(second.places, 0);
  /** Where a row's second block begins, by row; absent: it has none. */
  readonly #secondBases: number[] = [];

  /** A new row of zeros. */
  add(): number {
    return this.#first.add() / first.places.length;
  }

  countViewer(row: number, change: 1 | -1): void {
    const { sums } = this.#first;
    const at = row * first.places.length + viewersColumn;
    sums[at] = (sums[at] ?? 0) + change;
  }

  /** Adds what an announce reports to its cell; all but the viewer. */
  countAnnounce(row: number, columns: AnnounceColumns, index: number): void {
    countFirst(this.#first.sums, row * first.places.length, columns, index);
    if (!fillsSecondBlock(columns, index)) return;
    const base = this.#secondBase(row);
    countSecond(this.#second.sums, base, columns, index);
  }

  /** Adds a row of others to a row of these. */
  addRow(row: number, others: CellRows, otherRow: number): void {
    const { length } = first.places;
    this.#first.addBlock(row * length, others.#first, otherRow * length);
    const otherBase = others.#secondBases[otherRow];
    if (otherBase === undefined) return;
    this.#second.addBlock(this.#secondBase(row), others.#second, otherBase);
  }

  /**
   * The cell as of now. Here sums come into their range: up to 2^53 a double is exact, and what
   * once was above never comes below again.
   */
  cell(row: number, quality: string, browser: number): Cell {
    const base = row * first.places.length;
    const secondBase = this.#secondBases[row];
    const counts =
      secondBase === undefined
        ? firstCounts(this.#first.sums, base)
        : bothCounts(this.#first.sums, base, this.#second.sums, secondBase);
    return { quality, browser: browserAt(browser), counts };
  }

  #secondBase(row: number): number {
    return (this.#secondBases[row] ??= this.#second.add());
  }
}
