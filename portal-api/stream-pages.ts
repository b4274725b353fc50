import type { RegisteredStream } from '../registry/index.js';
import { cursorOfPlace, placeOfCursor, type OrderedPlace } from './cursors.js';
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
type Place = OrderedPlace<string | number>;

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
  const inOrder = [sort, order] as const;
  const isText = sort === 'key' || sort === 'title';
  const isValue = (value: unknown): value is Place['value'] =>
    typeof value === (isText ? 'string' : 'number');
  const place = cursor === undefined ? undefined : placeOfCursor(cursor, inOrder, isValue);
  if (cursor !== undefined && place === undefined) return undefined;
  const sign = order === 'asc' ? 1 : -1;
  const placed = streams
    .map((stream) => ({ stream, place: { value: valueOf[sort](stream), key: stream.key } }))
    .filter((one) => place === undefined || sign * compare(one.place, place) > 0)
    .sort((left, right) => sign * compare(left.place, right.place));
  const page = placed.slice(0, limit);
  const last = placed.length > limit ? page.at(-1) : undefined;
  return {
    streams: page.map(({ stream }) => stream),
    nextCursor: last === undefined ? null : cursorOfPlace(inOrder, last.place),
  };
}

function compare(left: Place, right: Place): number {
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  if (left.key === right.key) return 0;
  return left.key < right.key ? -1 : 1;
}
