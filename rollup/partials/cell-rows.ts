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
  type Counts,
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

/** A counter's column in its block. */
function columnOf(name: CounterName): number {
  const { place, isSecond } = counterOf(name);
  return (isSecond === true ? second : first).places.indexOf(place);
}

/** How what a counter takes is put where it belongs, as source. */
type Put = (name: CounterName, column: string, value: string) => string;

/** What a counter takes of an announce, as source: `counted` has the columns. */
function countSource(name: CounterName, put: Put): string {
  const { of, per, times, boundsMs } = counterOf(name);
  if (of === 'viewer') return '';
  const column = columnOf(name);
  if (of === 'announce') return when(name, put(name, `${column}`, '1'));
  const told = `counted.${of}[index]`;
  if (boundsMs === undefined) {
    const value = times === undefined ? told : `${told} * counted.${times}[index]`;
    const sum = put(name, `${column}`, value);
    // What may be untold is −1 then.
    const isCertain = [of, times ?? of].every((number) => reportedNumber(number).untold === 0);
    return when(name, isCertain ? sum : `if (${value} > 0) ${sum}`);
  }
  const bucket = (value: string): string => `bucketOf(${value}, bounds.${name})`;
  if (per === undefined) {
    return when(name, `if (${told} >= 0) ${put(name, `${column} + ${bucket(told)}`, '1')}`);
  }
  const count = `counted.${per}[index]`;
  return when(
    name,
    `if (${count} > 0) ${put(name, `${column} + ${bucket(`${told} / ${count}`)}`, count)}`,
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

/** All that a block takes of an announce, by its role, as source. */
function blockSource(block: Block, put: Put): string {
  const ofRole = (role: Role | 'any'): string =>
    block.counters
      .filter((name) => (counterOf(name).ofRole ?? 'viewer') === role)
      .map((name) => countSource(name, put))
      .join('\n');
  const [any, viewer, seeder] = (['any', 'viewer', 'seeder'] as const).map(ofRole);
  return `const { counted, numbers, roles, failures, cdnReasons } = columns;
    ${any}
    if (roles[index] === ${viewerRole}) { ${viewer} } else { ${seeder} }`;
}

/** Adds what row `index` of the columns reports to the block at `base`; all but the viewer. */
type Count = (sums: Float64Array, base: number, columns: AnnounceColumns, index: number) => void;

function countedOf(block: Block): Count {
  const put: Put = (_name, column, value) => `sums[base + ${column}] += ${value};`;
  return writtenFunction(
    `return function count(sums, base, columns, index) { ${blockSource(block, put)} };`,
    { bucketOf, bounds },
  ) as Count;
}

/** What nearly every announce of a viewer reports: added without asking whether it is 0. */
const usual: ReadonlySet<CounterName> = new Set([
  ...(['announces', 'watchedMs', 'cdnBytes', 'peerBytes', 'uploadedBytes'] as const),
  ...(['playedBits', 'playedBitrateMs', 'connectionsTried', 'connectionsMade'] as const),
]);

/**
 * As `Count`, to the blocks at the first `rows` of `bases`: what is to be added is found once. `at`
 * and `by` have room for a block's columns.
 */
type CountInRows = (
  sums: Float64Array,
  bases: Int32Array,
  rows: number,
  columns: AnnounceColumns,
  index: number,
  at: Int32Array,
  by: Float64Array,
) => void;

function countedInRowsOf(block: Block): CountInRows {
  const always = block.counters.filter((name) => usual.has(name));
  const put: Put = (name, column, value) =>
    usual.has(name)
      ? `${name} = ${value};`
      : `{ value = ${value}; if (value !== 0) { at[count] = ${column}; by[count++] = value; } }`;
  return writtenFunction(
    `return function countInRows(sums, bases, rows, columns, index, at, by) {
      let count = 0, value = 0;
      ${always.map((name) => `let ${name} = 0;`).join(' ')}
      ${blockSource(block, put)}
      for (let row = 0; row < rows; row += 1) {
        const base = bases[row];
        ${always.map((name) => `sums[base + ${columnOf(name)}] += ${name};`).join('\n')}
        for (let entry = 0; entry < count; entry += 1) sums[base + at[entry]] += by[entry];
      }
    };`,
    { bucketOf, bounds },
  ) as CountInRows;
}

const countFirst = countedOf(first);
const countSecond = countedOf(second);
const countFirstInRows = countedInRowsOf(first);
const countSecondInRows = countedInRowsOf(second);

function fillsSecondBlock(columns: AnnounceColumns, index: number): boolean {
  if (!columns.isSecond) return false;
  const role = columns.roles[index];
  return role === viewerRole ? columns.cdnReasons[index] !== untoldReason : role === seederRole;
}

/** More than the rows in which one announce counts. */
const rowsMax = 32;
const columnsMax = Math.max(first.places.length, second.places.length);

/** Where the blocks begin to which one announce is added, and what of it isn't usual. */
const bases = new Int32Array(rowsMax);
const addedAt = new Int32Array(columnsMax);
const addedBy = new Float64Array(columnsMax);

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

  /** The same of several rows. */
  countInRows(rows: Int32Array, count: number, columns: AnnounceColumns, index: number): void {
    const { length } = first.places;
    for (let at = 0; at < count; at += 1) bases[at] = (rows[at] ?? 0) * length;
    countFirstInRows(this.#first.sums, bases, count, columns, index, addedAt, addedBy);
    if (!fillsSecondBlock(columns, index)) return;
    for (let at = 0; at < count; at += 1) bases[at] = this.#secondBase(rows[at] ?? 0);
    countSecondInRows(this.#second.sums, bases, count, columns, index, addedAt, addedBy);
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
   * What is counted there as of now. Here sums come into their range: up to 2^53 a double is exact,
   * and what once was above never comes below again.
   */
  counts(row: number): Counts {
    const base = row * first.places.length;
    const secondBase = this.#secondBases[row];
    return secondBase === undefined
      ? firstCounts(this.#first.sums, base)
      : bothCounts(this.#first.sums, base, this.#second.sums, secondBase);
  }

  cell(row: number, quality: string, browser: number): Cell {
    return { quality, browser: browserAt(browser), counts: this.counts(row) };
  }

  #secondBase(row: number): number {
    return (this.#secondBases[row] ??= this.#second.add());
  }
}
