/**
 * The function that `source` returns, which may use what `scope` has by its name. For what runs for
 * every announce or cell: straight code, written from a schema or a table, is compiled as if by
 * hand (docs/decisions/0007). Sources consist of names and numbers of our own tables, never of
 * anything from outside. No compiler looks into them: what type the function has is the caller's
 * word.
 */
export function writtenFunction(
  source: string,
  scope: Readonly<Record<string, unknown>> = {},
): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const make = new Function(...Object.keys(scope), source) as (...values: unknown[]) => unknown;
  return make(...Object.values(scope));
}
