import { groupsOf, tagsOf, type RegisteredStream } from '../../registry/index.js';
import type { Actor } from '../actor.js';
import { cursorOfPlace, placeOfCursor, type OrderedPlace } from '../cursors.js';
import { portalLimits } from '../limits.js';
import { atLeastIn, bounded } from '../metrics/at-least.js';
import type { NowFigures, NowValues } from '../metrics/live-figures.js';
import { offloadOf } from '../metrics/offload.js';
import { wrongCursor } from './streams.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { sortableTitle, streamFilter, type StreamSearch } from '../stream-search.js';
import type { NowQuery, NowRow, NowTotal } from './metric-shapes.js';

/** A stream that the actor sees, with its figures. */
export interface SeenFigures {
  readonly stream: RegisteredStream;
  readonly values: NowValues;
}

/** By what a list is sorted. */
interface Order {
  readonly sort: NonNullable<NowQuery['sort']>;
  readonly order: NonNullable<NowQuery['order']>;
}

/** The streams that are asked for, with their figures. */
export interface SeenStreams {
  readonly rows: readonly SeenFigures[];
  /** How many of them are `unread`. */
  readonly unread: number;
}

/** What was made of all streams, as long as these and the figures stand. */
interface Listing {
  readonly streams: Streams;
  readonly figures: NowFigures;
  /** All of them, in each order that was asked for. */
  readonly ordered: Map<string, readonly SeenFigures[]>;
  /** By what was asked for: pages ask for the same again and again. */
  readonly asked: Map<string, SeenStreams>;
}

type Streams = ReturnType<StreamCatalog['streams']>;

const listings = new WeakMap<NowFigures, Listing>();
/** Streams in orders that no figures change. */
const streamOrders = new WeakMap<Streams, Map<string, Streams>>();

function listingOf(catalog: StreamCatalog, figures: NowFigures): Listing {
  const streams = catalog.streams();
  let listing = listings.get(figures);
  if (listing?.streams !== streams) {
    listing = { streams, figures, ordered: new Map(), asked: new Map() };
    listings.set(figures, listing);
  }
  return listing;
}

function withFigures(streams: Streams, figures: NowFigures): SeenFigures[] {
  return streams.map((stream) => ({ stream, values: figures.of(stream.key) }));
}

/**
 * Makes the list as the first page asks for it. Done for the first time it takes several times as
 * long, for which nobody shall wait.
 */
export function makeFirstList(catalog: StreamCatalog, figures: NowFigures): void {
  inOrder(listingOf(catalog, figures), orderOf({ sort: 'viewers' }));
}

/** The streams that a query asks for and the actor sees, in their order of creation or another. */
export function seenStreams(
  catalog: StreamCatalog,
  figures: NowFigures,
  actor: Actor,
  search: StreamSearch,
  order?: Order,
): SeenStreams {
  const listing = listingOf(catalog, figures);
  const { search: words, tag, group, archived } = search;
  const asked = [actor.groups, words, tag, group, archived, nameOf(order)];
  return kept(listing.asked, JSON.stringify(asked), () => {
    const isSeen = streamFilter(actor, search);
    const rows =
      actor.groups === 'all'
        ? inOrder(listing, order).filter(({ stream }) => isSeen(stream))
        : // Few, it may be: all others aren't their business, and not their cost.
          sorted(withFigures(listing.streams.filter(isSeen), figures), order);
    return { rows, unread: rows.filter(({ values }) => values.state === 'unread').length };
  });
}

/** What is kept by a name, or made; past a bound what was made first is forgotten. */
function kept<Value>(all: Map<string, Value>, name: string, make: () => Value): Value {
  const before = all.get(name);
  if (before !== undefined) return before;
  const made = make();
  const [first] = all.keys();
  if (first !== undefined && all.size >= portalLimits.listsKeptMax) all.delete(first);
  all.set(name, made);
  return made;
}

function inOrder({ streams, figures, ordered }: Listing, order?: Order): readonly SeenFigures[] {
  return kept(ordered, nameOf(order), () =>
    order === undefined || isOfFigures(order)
      ? sorted(withFigures(streams, figures), order)
      : withFigures(streamsInOrder(streams, order), figures),
  );
}

function streamsInOrder(streams: Streams, order: Order): Streams {
  const orders = streamOrders.get(streams) ?? new Map<string, Streams>();
  streamOrders.set(streams, orders);
  return kept(orders, nameOf(order), () => sortedBy(streams, order, placeOfStream));
}

function nameOf(order?: Order): string {
  return order === undefined ? '' : `${order.sort} ${order.order}`;
}

function sorted(rows: readonly SeenFigures[], order?: Order): readonly SeenFigures[] {
  return order === undefined ? rows : sortedBy(rows, order, placeOf);
}

function sortedBy<Row>(
  rows: readonly Row[],
  order: Order,
  placed: (row: Row, sort: Order['sort']) => Place,
): Row[] {
  const sign = signOf(order.order);
  return rows
    .map((row) => ({ row, place: placed(row, order.sort) }))
    .sort((left, right) => compare(left.place, right.place, sign))
    .map(({ row }) => row);
}

export function orderOf({ sort = 'key', order }: NowQuery): Order {
  return { sort, order: order ?? (sort === 'viewers' || sort === 'offload' ? 'desc' : 'asc') };
}

function signOf(order: Order['order']): number {
  return order === 'asc' ? 1 : -1;
}

/** As the API tells it. */
export function rowOf({ stream, values }: SeenFigures): NowRow {
  const { key, title, renditions, isArchived, options } = stream;
  const groups = [...groupsOf(options)];
  const tags = [...tagsOf(options)];
  return { key, title, renditions: [...renditions], isArchived, groups, tags, ...totalOf(values) };
}

function totalOf(values: NowValues): NowTotal {
  const viewersByQuality = { ...values.viewersByQuality };
  const viewersHistory = [...values.viewersHistory];
  return { ...values, viewersByQuality, viewersHistory, atLeast: atLeastIn(values) };
}

/** What streams have together, added up once for all that ask. */
const totals = new WeakMap<SeenStreams, NowValues>();

/**
 * The figures over all streams, as Graphite has them, for who sees all; for others and of a group
 * those of the streams that are meant, added up.
 */
export function totalFor(
  figures: NowFigures,
  actor: Actor,
  group: string | undefined,
  seen: () => SeenStreams,
): NowTotal {
  if (group === undefined && actor.groups === 'all') return totalOf(figures.total);
  const streams = seen();
  const added = totals.get(streams) ?? addedUp(streams.rows, figures);
  totals.set(streams, added);
  return totalOf(added);
}

function addedUp(all: readonly SeenFigures[], figures: NowFigures): NowValues {
  const rows = all.filter((row) => !isTooNew(row, figures)).map(({ values }) => values);
  const viewersHistory = addedHistory(all, figures);
  const slowest = slowestOf(rows);
  if (slowest === undefined) return { ...nobody(figures), viewersHistory };
  const { closedUntilMs, minuteAtMs } = slowest;
  const unknown = slowestOf(rows.filter((row) => row.viewers === null));
  const viewers = sumOf(rows.map((row) => row.viewers));
  const cdnBytes = sumOf(rows.map((row) => row.cdnBytes));
  const peerBytes = sumOf(rows.map((row) => row.peerBytes));
  return {
    state: unknown?.state ?? ((viewers ?? 0) > 0 ? 'current' : 'idle'),
    closedUntilMs,
    minuteAtMs,
    viewers,
    viewersByQuality: unknown === undefined ? addedQualities(rows) : {},
    cdnBytes,
    peerBytes,
    offload: offloadOf(cdnBytes, peerBytes),
    viewersHistory,
  };
}

/** True: the stream was registered after the minute that is told, so that nobody watched it. */
function isTooNew({ stream, values }: SeenFigures, { intervalMs }: NowFigures): boolean {
  const { state, minuteAtMs } = values;
  if (state !== 'no_data' || minuteAtMs === null) return false;
  return stream.createdAtMs >= minuteAtMs + intervalMs;
}

/** What no stream has: nothing, as long as it is known of others what they have. */
function nobody({ total }: NowFigures): Omit<NowValues, 'viewersHistory'> {
  const { state, closedUntilMs, minuteAtMs } = total;
  const isKnown = state === 'current' || state === 'idle';
  const none = isKnown ? 0 : null;
  return {
    state: isKnown ? 'idle' : state,
    closedUntilMs,
    minuteAtMs,
    viewers: none,
    viewersByQuality: {},
    cdnBytes: none,
    peerBytes: none,
    offload: null,
  };
}

function slowestOf(rows: readonly NowValues[]): NowValues | undefined {
  return rows.reduce<NowValues | undefined>(
    (last, row) =>
      last === undefined || (row.closedUntilMs ?? 0) < (last.closedUntilMs ?? 0) ? row : last,
    undefined,
  );
}

function addedQualities(rows: readonly NowValues[]): Record<string, number> {
  const qualities = new Map<string, number>();
  for (const row of rows) {
    for (const [quality, count] of Object.entries(row.viewersByQuality)) {
      qualities.set(quality, bounded((qualities.get(quality) ?? 0) + count));
    }
  }
  return Object.fromEntries(qualities);
}

/** Before it was registered a stream had no viewers that could be missing. */
function addedHistory(
  all: readonly SeenFigures[],
  { times, intervalMs }: NowFigures,
): (number | null)[] {
  return times.map((timeMs, index) => {
    const values = all.flatMap(({ stream, values: { viewersHistory } }) => {
      const value = viewersHistory[index] ?? null;
      return value === null && stream.createdAtMs >= timeMs + intervalMs ? [] : [value];
    });
    return values.length === 0 ? null : sumOf(values);
  });
}

/** Where one of them isn't known, neither is the sum. */
function sumOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return bounded(sum);
}

interface Page {
  readonly streams: NowRow[];
  readonly nextCursor: string | null;
}

/** Where a row stands: what isn't known last. */
type Place = OrderedPlace<string | number | null>;

/**
 * A page of rows, which are in the order that the query asks for. The cursor names the place of
 * the last row, so that the next page goes on behind it also when figures have changed.
 */
export function pageOf(rows: readonly SeenFigures[], query: NowQuery): Page {
  const { limit = portalLimits.rowsUsual, cursor } = query;
  const { sort, order } = orderOf(query);
  const inOrder = [sort, order] as const;
  const sign = signOf(order);
  const after = cursor === undefined ? undefined : placeBehind(cursor, inOrder);
  const behind =
    after === undefined ? 0 : rows.findIndex((row) => compare(placeOf(row, sort), after, sign) > 0);
  const first = behind === -1 ? rows.length : behind;
  const page = rows.slice(first, first + limit);
  const last = page.at(-1);
  const isLast = last === undefined || first + limit >= rows.length;
  return {
    streams: page.map(rowOf),
    nextCursor: isLast ? null : cursorOfPlace(inOrder, placeOf(last, sort)),
  };
}

function isOfFigures({ sort }: Order): boolean {
  return sort !== 'key' && sort !== 'title';
}

function placeOf({ stream, values }: SeenFigures, sort: Order['sort']): Place {
  if (sort === 'key' || sort === 'title') return placeOfStream(stream, sort);
  return { value: values[sort], key: stream.key };
}

function placeOfStream(stream: RegisteredStream, sort: Order['sort']): Place {
  const { key } = stream;
  return { value: sort === 'title' ? sortableTitle(stream) : key, key };
}

function compare(left: Place, right: Place, sign: number): number {
  if (left.value !== right.value) {
    if (left.value === null) return 1;
    if (right.value === null) return -1;
    return left.value < right.value ? -sign : sign;
  }
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}

function placeBehind(
  cursor: string,
  inOrder: readonly [sort: Order['sort'], order: string],
): Place {
  const isText = inOrder[0] === 'key' || inOrder[0] === 'title';
  const isValue = (value: unknown): value is Place['value'] =>
    isText ? typeof value === 'string' : value === null || typeof value === 'number';
  const place = placeOfCursor(cursor, inOrder, isValue);
  if (place === undefined) throw wrongCursor();
  return place;
}
