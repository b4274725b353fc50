/** A key of join tokens in a change of the whole list. */
export interface Kid {
  readonly kid: string;
  /** Left out: it keeps the one that it has. */
  readonly secret?: string;
}

/**
 * The keys without one of them; undefined: none would be left, and who removes it was told of
 * others (`isLast` is false).
 */
export function keysWithout(
  keys: readonly Kid[],
  kid: string,
  isLast: boolean,
): readonly Kid[] | undefined {
  const left = keys.filter((one) => one.kid !== kid);
  return left.length === 0 && keys.length > 0 && !isLast ? undefined : left;
}

/** What a key's removal means. */
export function removalHelp(isLast: boolean): string {
  return isLast
    ? 'It is the last key: without one viewers need no token, and the stream is open to everybody.'
    : 'Tokens that it has signed let nobody in any more.';
}
