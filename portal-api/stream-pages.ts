import type { RegisteredStream } from '../registry/index.js';
import { cursorOf, readCursor } from './cursors.js';
import { sortableTitle } from './stream-search.js';

export const streamSorts = ['key', 'title', 'created', 'changed'] as const;
export type StreamSort = (typeof streamSorts)[number];

export interface PageWish {
  /** Default: created. */
  readonly sort?: StreamSort;
  /** Default: asc. */
  readonly order?: 'asc' | 'desc';
  /** Default: 100. */
  readonly limit?: number;
  readonly cursor?: string | undefined;
}

/** By what a stream stands in its place; no two streams have the same. */
type Place = readonly [value: string | number, key: string];

const valueOf: Readonly<Record<StreamSort, (stream: RegisteredStream) => string | number>> = {
  key: ({ key }) => key,
  title: sortableTitle,
  created: ({ createdAtMs }) => createdAtMs,
  changed: ({ changedAtMs }) => changedAtMs,
};

/**
 * The streams behind the cursor's place, and the cursor for those behind them. A cursor says after
 * which place it goes on, so whatever comes and goes meanwhile, no stream that stays in its place
 * is left out or comes twice. Undefined: the cursor is none of this order.
 */
export function streamPage(
  streams: readonly RegisteredStream[],
  { sort = 'created', order = 'asc', limit = 100, cursor }: PageWish,
): { readonly streams: RegisteredStream[]; readonly nextCursor: string | null } | undefined {
  const place = cursor === undefined ? undefined : placeOfCursor(cursor, sort, order);
  if (cursor !== undefined && place === undefined) return undefined;
  const sign = order === 'asc' ? 1 : -1;
  const placed = streams
    .map((stream) => ({ stream, place: [valueOf[sort](stream), stream.key] as const }))
    .filter((one) => place === undefined || sign * compare(one.place, place) > 0)
    .sort((left, right) => sign * compare(left.place, right.place));
  const page = placed.slice(0, limit);
  const last = placed.length > limit ? page.at(-1) : undefined;
  return {
    streams: page.map(({ stream }) => stream),
    nextCursor: last === undefined ? null : cursorOf([sort, order, ...last.place]),
  };
}

function placeOfCursor(cursor: string, sort: string, order: string): Place | undefined {
  const [ofSort, ofOrder, value, key] = readCursor(cursor) ?? [];
  const isOfKind = typeof value === (sort === 'key' || sort === 'title' ? 'string' : 'number');
  if (ofSort !== sort || ofOrder !== order || !isOfKind || typeof key !== 'string') {
    return undefined;
  }
  return typeof value === 'string' || typeof value === 'number' ? [value, key] : undefined;
}

function compare(left: Place, right: Place): number {
  if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
  if (left[1] === right[1]) return 0;
  return left[1] < right[1] ? -1 : 1;
}
