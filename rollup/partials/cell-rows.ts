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
} from '../../schemas/index.js';

/**
 * A row's sums stand in two blocks, each counter's columns in one of them: what announces usually
 * report is added without asking whether it is 0; the block of the rest a row has once it needs it.
 */
const summed: readonly CounterName[] = [
  ...(['announces', 'watchedMs', 'cdnBytes', 'peerBytes', 'uploadedBytes'] as const),
  ...(['playedBits', 'playedBitrateMs', 'connectionsTried', 'connectionsMade'] as const),
];
/** Usual too: of each of these columns one at most takes something of an announce. */
const chosen: readonly (readonly CounterName[])[] = [
  [
    ...(['cdnAloneBytes', 'cdnPolicyBytes', 'cdnStartingBytes'] as const),
    ...(['cdnUnconnectedBytes', 'cdnConnectedBytes'] as const),
  ],
  ['latencyHistogram'],
];
/** In the order in which they are added to, so that an announce touches little memory. */
const usualNames: readonly CounterName[] = [...summed, 'viewers', ...chosen.flat()];

/** The places of a block's columns. */
function columnsOf(names: readonly CounterName[]): readonly number[] {
  return names.flatMap((name) =>
    Array.from({ length: placesOf(name) }, (_, bucket) => counterOf(name).place + bucket),
  );
}

const usual = columnsOf(usualNames);
const rare = columnsOf(counterNames.filter((name) => !usualNames.includes(name)));

/** What an announce adds to the block of the rest: columns, and what to each. */
const rareColumns = new Int32Array(rare.length);
const rareValues = new Float64Array(rare.length);

/** What a counter takes of an announce, as source: `counted` has the columns. */
function countSource(name: CounterName): string {
  const { of, per, times, boundsMs } = counterOf(name);
  if (of === 'viewer') return '';
  if (of === 'announce') return when(name, addSource(name, '1'));
  const told = `counted.${of}[index]`;
  if (boundsMs === undefined) {
    const value = times === undefined ? told : `${told} * counted.${times}[index]`;
    // What may be untold is −1 then.
    const isCertain = [of, times ?? of].every((number) => reportedNumber(number).untold === 0);
    const sum = addSource(name, value);
    return when(name, isCertain ? sum : `if (${value} > 0) ${sum}`);
  }
  const bucket = (value: string): string => `bucketOf(${value}, bounds.${name})`;
  if (per === undefined) {
    return when(name, `if (${told} >= 0) ${addSource(name, '1', bucket(told))}`);
  }
  const count = `counted.${per}[index]`;
  return when(name, `if (${count} > 0) ${addSource(name, count, bucket(`${told} / ${count}`))}`);
}

function addSource(name: CounterName, value: string, bucket = '0'): string {
  if (summed.includes(name)) return `${name} = ${value};`;
  const { place } = counterOf(name);
  const choice = chosen.findIndex((names) => names.includes(name));
  if (choice >= 0) {
    return `{ at${choice} = ${usual.indexOf(place)} + ${bucket}; by${choice} = ${value}; }`;
  }
  return `{
    value = ${value};
    if (value !== 0) {
      rareColumns[rareCount] = ${rare.indexOf(place)} + ${bucket};
      rareValues[rareCount++] = value;
    }
  }`;
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

/** What these counters take of an announce, as source. */
function countsSource(ofRole: 'viewer' | 'seeder' | 'any', isSecond: boolean): string {
  return counterNames
    .filter((name) => (counterOf(name).ofRole ?? 'viewer') === ofRole)
    .filter((name) => (counterOf(name).isSecond ?? false) === isSecond)
    .map(countSource)
    .join('\n');
}

/**
 * Adds what row `index` of the columns reports, all but the viewer, to the usual sums at the first
 * `rows` of `bases`, and leaves in `rareColumns` and `rareValues` what is to be added elsewhere; of
 * how many.
 */
type CountUsual = (
  sums: Float64Array,
  bases: Int32Array,
  rows: number,
  columns: AnnounceColumns,
  index: number,
) => number;

const choices = [...chosen.keys()];
const additions = [
  ...summed.map((name) => ({ at: String(usual.indexOf(counterOf(name).place)), by: name })),
  ...choices.map((choice) => ({ at: `at${choice}`, by: `by${choice}` })),
];

const countUsual = writtenFunction(
  `return function countUsual(sums, bases, rows, columns, index) {
    const { counted, numbers, roles, failures, cdnReasons } = columns;
    let ${additions.map(({ by }) => `${by} = 0`).join(', ')};
    let ${choices.map((choice) => `at${choice} = 0`).join(', ')}, value = 0, rareCount = 0;
    ${countsSource('any', false)}
    if (roles[index] === ${roles.indexOf('viewer')}) {
      ${countsSource('viewer', false)}
      if (cdnReasons[index] !== ${cdnReasons.indexOf('untold')}) { ${countsSource('viewer', true)} }
    } else if (roles[index] === ${roles.indexOf('seeder')}) { ${countsSource('seeder', true)} }
    for (let row = 0; row < rows; row += 1) {
      const base = bases[row];
      ${additions.map(({ at, by }) => `sums[base + ${at}] += ${by};`).join('\n')}
    }
    return rareCount;
  };`,
  {
    bucketOf,
    bounds: Object.fromEntries(counterNames.map((name) => [name, counterOf(name).boundsMs])),
    rareColumns,
    rareValues,
  },
) as CountUsual;

/** More than the rows in which one announce counts. */
const rowsMax = 32;
const firstRows = 16;

/** Where the usual sums begin to which an announce is added. */
const bases = new Int32Array(rowsMax);

/** A block of each row that has one, one after the other in one array of doubles. */
class RowBlocks {
  sums: Float64Array;
  /** By row: where its block begins, and 1 more; 0 when it has none. */
  #begins: Int32Array;
  #end = 0;

  /** Has room for as many blocks as `like`, since arrays that grow are copied. */
  constructor(
    private readonly length: number,
    like?: RowBlocks,
  ) {
    const end = like === undefined ? 0 : like.#end;
    this.sums = new Float64Array(end);
    this.#begins = new Int32Array(end / length);
  }

  /** Where a row's block begins; −1 when it has none. */
  baseOf(row: number): number {
    return (this.#begins[row] ?? 0) - 1;
  }

  /** Where a row's block begins; it gets one of zeros when it has none. */
  base(row: number): number {
    const base = this.baseOf(row);
    return base >= 0 ? base : this.#add(row);
  }

  /** Adds the block of another's row, if it has one. */
  addRow(row: number, others: RowBlocks, otherRow: number): void {
    const otherBase = others.baseOf(otherRow);
    if (otherBase < 0) return;
    const base = this.base(row);
    const { sums, length } = this;
    for (let column = 0; column < length; column += 1) {
      sums[base + column] = (sums[base + column] ?? 0) + (others.sums[otherBase + column] ?? 0);
    }
  }

  #add(row: number): number {
    if (row >= this.#begins.length) {
      const grown = new Int32Array(Math.max(2 * row, firstRows));
      grown.set(this.#begins);
      this.#begins = grown;
    }
    const base = this.#end;
    this.#begins[row] = base + 1;
    this.#end += this.length;
    if (this.#end > this.sums.length) {
      const grown = new Float64Array(2 * this.#end);
      grown.set(this.sums);
      this.sums = grown;
    }
    return base;
  }
}

const viewersColumn = usual.indexOf(counterOf('viewers').place);

/** All columns in the order of their places, and those that each row has. */
const inOrder = [usual, rare]
  .flatMap((places) =>
    places.map((place, column) => ({ place, column, isUsual: places === usual })),
  )
  .toSorted((left, right) => left.place - right.place);
const usualInOrder = inOrder.filter(({ isUsual }) => isUsual);
/** A row's counts, to be copied at their length: arrays that grow leave much behind. */
const countsHere = inOrder.flatMap(() => [0.5, 0.5]);

/** The counters of one minute's cells as rows. */
export class CellRows {
  readonly #usual: RowBlocks;
  readonly #rare: RowBlocks;
  #count = 0;

  /** `like`: of which about as many are expected, those of the minute before. */
  constructor(like?: CellRows) {
    this.#usual = new RowBlocks(usual.length, like === undefined ? undefined : like.#usual);
    this.#rare = new RowBlocks(rare.length, like === undefined ? undefined : like.#rare);
  }

  /** A new row of zeros. */
  add(): number {
    const row = this.#count;
    this.#usual.base(row);
    this.#count += 1;
    return row;
  }

  countViewer(row: number, change: 1 | -1): void {
    const { sums } = this.#usual;
    const at = this.#usual.baseOf(row) + viewersColumn;
    sums[at] = (sums[at] ?? 0) + change;
  }

  /** Adds what an announce reports to the first `count` of these rows; all but the viewer. */
  countAnnounce(rows: Int32Array, count: number, columns: AnnounceColumns, index: number): void {
    for (let at = 0; at < count; at += 1) bases[at] = this.#usual.baseOf(rows[at] ?? 0);
    const { sums } = this.#usual;
    const rareCount = countUsual(sums, bases, count, columns, index);
    if (rareCount > 0) this.#countRare(rows, count, rareCount);
  }

  /** Adds a row of others to a row of these. */
  addRow(row: number, others: CellRows, otherRow: number): void {
    this.#usual.addRow(row, others.#usual, otherRow);
    this.#rare.addRow(row, others.#rare, otherRow);
  }

  /**
   * What is counted there as of now. Here sums come into their range: up to 2^53 a double is exact,
   * and what once was above never comes below again.
   */
  counts(row: number): Counts {
    const base = this.#usual.baseOf(row);
    const rareBase = this.#rare.baseOf(row);
    const { sums } = this.#usual;
    const { sums: rareSums } = this.#rare;
    let end = 0;
    for (const { place, column, isUsual } of rareBase < 0 ? usualInOrder : inOrder) {
      const count = (isUsual ? sums[base + column] : rareSums[rareBase + column]) ?? 0;
      if (count === 0) continue;
      countsHere[end++] = place;
      countsHere[end++] = saturated(count);
    }
    return countsHere.slice(0, end);
  }

  cell(row: number, quality: string, browser: number): Cell {
    return { quality, browser: browserAt(browser), counts: this.counts(row) };
  }

  #countRare(rows: Int32Array, count: number, rareCount: number): void {
    for (let at = 0; at < count; at += 1) {
      const base = this.#rare.base(rows[at] ?? 0);
      const { sums } = this.#rare;
      for (let entry = 0; entry < rareCount; entry += 1) {
        const column = base + (rareColumns[entry] ?? 0);
        sums[column] = (sums[column] ?? 0) + (rareValues[entry] ?? 0);
      }
    }
  }
}
