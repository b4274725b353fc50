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
  sumMax,
  writtenFunction,
  type AnnounceColumns,
  type Cell,
  type CounterName,
  type Counts,
} from '../../schemas/index.js';
import { grownFloats, grownInts } from './grown.js';

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
 * Adds what row `index` of the columns reports, and so many viewers, to the usual sums at the first
 * `rows` of `bases`, and leaves in `rareColumns` and `rareValues` what is to be added elsewhere; of
 * how many.
 */
type CountUsual = (
  sums: Float64Array,
  bases: Int32Array,
  rows: number,
  viewers: 0 | 1,
  columns: AnnounceColumns,
  index: number,
) => number;

const choices = [...chosen.keys()];
const viewersColumn = usual.indexOf(counterOf('viewers').place);
const additions = [
  ...summed.map((name) => ({ at: String(usual.indexOf(counterOf(name).place)), by: name })),
  ...choices.map((choice) => ({ at: `at${choice}`, by: `by${choice}` })),
];

const countUsual = writtenFunction(
  `return function countUsual(sums, bases, rows, viewers, columns, index) {
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
      sums[base + ${viewersColumn}] += viewers;
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

/** As many, and an eighth more: an array that grows is copied, and doubles. */
function roomLike(count: number): number {
  return count + Math.ceil(count / 8);
}

/** More than the rows in which one announce counts. */
const rowsMax = 32;
const firstRows = 16;

/** Where the usual sums begin to which an announce is added. */
const bases = new Int32Array(rowsMax);

/** The rest of each row that has some, one block after the other in one array of doubles. */
class RareBlocks {
  sums: Float64Array;
  /** By row: where its block begins, and 1 more; 0 when it has none. */
  #begins: Int32Array;
  #end = 0;

  constructor(like?: RareBlocks) {
    const blocks = like === undefined ? 0 : roomLike(like.#end / rare.length);
    this.sums = new Float64Array(blocks * rare.length);
    this.#begins = new Int32Array(blocks);
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
  addRow(row: number, others: RareBlocks, otherRow: number): void {
    const otherBase = others.baseOf(otherRow);
    if (otherBase < 0) return;
    const base = this.base(row);
    addBlock(this.sums, base, others.sums, otherBase, rare.length);
  }

  #add(row: number): number {
    if (row >= this.#begins.length) {
      this.#begins = grownInts(this.#begins, Math.max(2 * row, firstRows));
    }
    const base = this.#end;
    this.#begins[row] = base + 1;
    this.#end += rare.length;
    if (this.#end > this.sums.length) this.sums = grownFloats(this.sums, 2 * this.#end);
    return base;
  }
}

function addBlock(
  sums: Float64Array,
  base: number,
  others: Float64Array,
  otherBase: number,
  length: number,
): void {
  for (let column = 0; column < length; column += 1) {
    sums[base + column] = (sums[base + column] ?? 0) + (others[otherBase + column] ?? 0);
  }
}

/** A row's counts, to be copied at their length: arrays that grow leave much behind. */
const countsHere = Array.from({ length: 2 * (usual.length + rare.length) }, () => 0.5);

/**
 * Writes what is counted there as of now into `countsHere`, in the order of places; how many words.
 * Sums come into their range here: up to 2^53 a double is exact, and what once was above never
 * comes below again. `rareBase`: −1 when the row has no such block.
 */
type ReadCounts = (
  sums: Float64Array,
  base: number,
  rareSums: Float64Array,
  rareBase: number,
) => number;

/** As `saturated`, written out: the compiler wouldn't inline so many calls in one function. */
function readSource(isUsual: boolean, column: number, place: number): string {
  return `count = ${isUsual ? 'sums[base' : 'rareSums[rareBase'} + ${column}];
    if (count !== 0) {
      countsHere[end++] = ${place};
      countsHere[end++] = count < ${sumMax} ? count : ${sumMax};
    }`;
}

const usualPlaces = usual.map((place, column) => ({ place, column, isUsual: true }));
const allPlaces = [
  ...usualPlaces,
  ...rare.map((place, column) => ({ place, column, isUsual: false })),
];

function readAllSource(places: typeof allPlaces): string {
  return places
    .toSorted((left, right) => left.place - right.place)
    .map(({ isUsual, column, place }) => readSource(isUsual, column, place))
    .join('\n');
}

const readCounts = writtenFunction(
  `return function readCounts(sums, base, rareSums, rareBase) {
    let end = 0, count = 0;
    if (rareBase < 0) { ${readAllSource(usualPlaces)} }
    else { ${readAllSource(allPlaces)} }
    return end;
  };`,
  { countsHere },
) as ReadCounts;

/** The counters of one minute's cells as rows. */
export class CellRows {
  /** The usual sums of each row, one row after the other. */
  #sums: Float64Array;
  readonly #rare: RareBlocks;
  #count = 0;

  /** `like`: of which about as many are expected, those of the minute before. */
  constructor(like?: CellRows) {
    const rows = Math.max(firstRows, like === undefined ? 0 : roomLike(like.#count));
    this.#sums = new Float64Array(usual.length * rows);
    this.#rare = new RareBlocks(like === undefined ? undefined : like.#rare);
  }

  /** A new row of zeros. */
  add(): number {
    const row = this.#count;
    this.#count += 1;
    const end = this.#count * usual.length;
    if (end > this.#sums.length) this.#sums = grownFloats(this.#sums, 2 * end);
    return row;
  }

  countViewer(row: number, change: 1 | -1): void {
    const sums = this.#sums;
    const at = row * usual.length + viewersColumn;
    sums[at] = (sums[at] ?? 0) + change;
  }

  /** Adds what an announce reports, and so many viewers, to the first `count` of these rows. */
  countAnnounce(
    rows: Int32Array,
    count: number,
    viewers: 0 | 1,
    columns: AnnounceColumns,
    index: number,
  ): void {
    for (let at = 0; at < count; at += 1) bases[at] = (rows[at] ?? 0) * usual.length;
    const rareCount = countUsual(this.#sums, bases, count, viewers, columns, index);
    if (rareCount > 0) this.#countRare(rows, count, rareCount);
  }

  /** Adds a row of others to a row of these. */
  addRow(row: number, others: CellRows, otherRow: number): void {
    addBlock(this.#sums, row * usual.length, others.#sums, otherRow * usual.length, usual.length);
    this.#rare.addRow(row, others.#rare, otherRow);
  }

  /** What is counted there as of now, each sum within its range. */
  counts(row: number): Counts {
    const rare = this.#rare;
    const end = readCounts(this.#sums, row * usual.length, rare.sums, rare.baseOf(row));
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
