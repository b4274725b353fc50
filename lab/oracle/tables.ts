/** A row of a comparison: its key columns and its values, by name. */
export type Row = Readonly<Record<string, string | number | null>>;

export interface Table {
  /** Where it comes from, for people. */
  readonly name: string;
  readonly keyColumns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Difference {
  /** Where it was found: a table, a view, a Graphite metric. */
  readonly where: string;
  /** Which row and value. */
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

/** Collects what differs; keeps the first ones and counts the rest. */
export class Differences {
  readonly first: Difference[] = [];
  count = 0;

  constructor(private readonly keptMax = 20) {}

  add(where: string, what: string, expected: unknown, got: unknown): void {
    this.count += 1;
    if (this.first.length < this.keptMax) {
      this.first.push({ where, what, expected: textOf(expected), got: textOf(got) });
    }
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? 'absent' : JSON.stringify(value);
}

/** Sums must be equal to the last digit; what was divided may differ by rounding alone. */
const relativeTolerance = 1e-9;

export function isSame(expected: unknown, got: unknown): boolean {
  if (typeof expected !== 'number' || typeof got !== 'number') return expected === got;
  if (Number.isSafeInteger(expected) && Number.isSafeInteger(got)) return expected === got;
  return Math.abs(expected - got) <= relativeTolerance * Math.max(Math.abs(expected), 1);
}

function keyOf(row: Row, keyColumns: readonly string[]): string {
  return keyColumns.map((column) => `${column}=${row[column] ?? 'null'}`).join(' ');
}

function isNothing(row: Row, keyColumns: readonly string[]): boolean {
  return Object.entries(row).every(
    ([column, value]) => keyColumns.includes(column) || value === 0 || value === null,
  );
}

function indexRows(table: Table, differences: Differences): Map<string, Row> {
  const index = new Map<string, Row>();
  for (const row of table.rows) {
    if (isNothing(row, table.keyColumns)) continue;
    const key = keyOf(row, table.keyColumns);
    if (index.has(key)) differences.add(table.name, key, 'one row', 'more than one');
    index.set(key, row);
  }
  return index;
}

/** Compares every value of every row. A row of nothing but zeros is the same as no row. */
export function compareTables(expected: Table, got: Table, differences: Differences): void {
  const gotRows = indexRows(got, differences);
  for (const [key, row] of indexRows(expected, differences)) {
    const other = gotRows.get(key);
    gotRows.delete(key);
    if (other === undefined) {
      differences.add(got.name, key, row, 'no row');
      continue;
    }
    for (const [column, value] of Object.entries(row)) {
      if (!isSame(value, other[column])) {
        differences.add(got.name, `${key}: ${column}`, value, other[column]);
      }
    }
  }
  for (const [key, row] of gotRows) differences.add(got.name, key, 'no row', row);
}
