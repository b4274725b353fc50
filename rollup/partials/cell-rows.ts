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
} from '../../schemas/index.js';

/** Counters as they stand in a row: by their places, one column for each. */
const inOrder = counterNames.toSorted(
  (left, right) => counterOf(left).place - counterOf(right).place,
);

/** The place of each column. */
const places = inOrder.flatMap((name) =>
  Array.from({ length: placesOf(name) }, (_, bucket) => counterOf(name).place + bucket),
);
const rowColumns = places.length;

function columnOf(name: CounterName): number {
  return places.indexOf(counterOf(name).place);
}

/** A counter's column in the row at `base`, as source. */
function at(name: CounterName): string {
  return `base + ${columnOf(name)}`;
}

/** What a counter takes of an announce, as source: `sums` has the rows, `counted` the columns. */
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

function countedOf(role: 'any' | 'viewer' | 'seeder', isSecond: boolean): string {
  return inOrder
    .filter((name) => {
      const { ofRole = 'viewer', isSecond: isOfSecond = false } = counterOf(name);
      return ofRole === role && isOfSecond === isSecond;
    })
    .map(countSource)
    .join('\n');
}

/** Adds what row `index` of the columns reports to the row at `base`; all but the viewer. */
const countAnnounce = writtenFunction(
  `return function countAnnounce(sums, base, columns, index) {
    const { counted, numbers, roles, failures, cdnReasons } = columns;
    ${countedOf('any', false)}
    if (roles[index] === ${roles.indexOf('viewer')}) {
      ${countedOf('viewer', false)}
      if (cdnReasons[index] !== ${cdnReasons.indexOf('untold')}) {
        ${countedOf('viewer', true)}
      }
    } else if (roles[index] === ${roles.indexOf('seeder')}) {
      ${countedOf('seeder', true)}
    }
  };`,
  { bucketOf, bounds },
) as (sums: Float64Array, base: number, columns: AnnounceColumns, index: number) => void;

const firstRows = 16;
const viewersColumn = columnOf('viewers');

/** The counters of one minute's cells as rows of one array of doubles. */
export class CellRows {
  #sums = new Float64Array(firstRows * rowColumns);
  #rows = 0;

  /** A new row of zeros. */
  add(): number {
    const row = this.#rows;
    this.#rows += 1;
    if (this.#rows * rowColumns > this.#sums.length) {
      const grown = new Float64Array(this.#sums.length * 2);
      grown.set(this.#sums);
      this.#sums = grown;
    }
    return row;
  }

  countViewer(row: number, change: 1 | -1): void {
    const at = row * rowColumns + viewersColumn;
    this.#sums[at] = (this.#sums[at] ?? 0) + change;
  }

  /** Adds what an announce reports to its cell; all but the viewer. */
  countAnnounce(row: number, columns: AnnounceColumns, index: number): void {
    countAnnounce(this.#sums, row * rowColumns, columns, index);
  }

  /** Adds a row of others to a row of these. */
  addRow(row: number, others: CellRows, otherRow: number): void {
    const sums = this.#sums;
    const base = row * rowColumns;
    const otherBase = otherRow * rowColumns;
    for (let column = 0; column < rowColumns; column += 1) {
      sums[base + column] = (sums[base + column] ?? 0) + (others.#sums[otherBase + column] ?? 0);
    }
  }

  /**
   * The cell as of now. Here sums come into their range: up to 2^53 a double is exact, and what
   * once was above never comes below again.
   */
  cell(row: number, quality: string, browser: number): Cell {
    const sums = this.#sums;
    const base = row * rowColumns;
    const counts: number[] = [];
    for (let column = 0; column < rowColumns; column += 1) {
      const count = sums[base + column] ?? 0;
      if (count > 0) counts.push(places[column] ?? 0, saturated(count));
    }
    return { quality, browser: browserAt(browser), counts };
  }
}
