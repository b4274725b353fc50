import { AppError } from '../service/errors.js';

/** True: ClickHouse refused an insert for what is in its rows. */
export function isRowRefusal(error: unknown): boolean {
  return error instanceof AppError && error.code === 'clickhouse_refused_rows';
}

/**
 * Inserts parts, in one go where that is taken, and finds the parts that ClickHouse refuses for
 * what is in them, by halves. Resolves with these; the others stand. Rejects with whatever else
 * `insert` rejected with: any of the parts may stand then, and none is known to be wrong.
 */
export async function insertWhatPasses<Part>(
  parts: readonly Part[],
  insert: (parts: readonly Part[]) => Promise<void>,
): Promise<readonly Part[]> {
  try {
    await insert(parts);
    return [];
  } catch (error) {
    if (!isRowRefusal(error)) throw error;
    if (parts.length <= 1) return parts;
  }
  const middle = parts.length >> 1;
  return [
    ...(await insertWhatPasses(parts.slice(0, middle), insert)),
    ...(await insertWhatPasses(parts.slice(middle), insert)),
  ];
}
