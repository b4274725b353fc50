import { parseRange, rangeFields, usualRange, type Range } from './time/range.js';

/** Whose figures a page shows. */
export type Subject =
  | { readonly kind: 'total' }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'stream'; readonly name: string };

export const listSorts = ['viewers', 'offload', 'title', 'key'] as const;
export type ListSort = (typeof listSorts)[number];

/** Which streams a list shows, and in which order. */
export interface ListQuery {
  readonly search: string;
  readonly group: string;
  readonly tag: string;
  readonly isArchived: boolean;
  readonly sort: ListSort;
  readonly order: 'asc' | 'desc';
  readonly cursor: string;
}

/** Which of the latest changes of all streams are shown. */
export interface ChangesQuery {
  readonly group: string;
  readonly actor: string;
  readonly cursor: string;
}

/** What is compared: two streams, or one with itself some time earlier. */
export interface Comparison {
  readonly left: string;
  readonly right: string;
  readonly range: Range;
  /** How much earlier the right side is. */
  readonly earlier: EarlierName;
}

export const earlierMs = { no: 0, '1h': 3_600_000, '1d': 86_400_000, '7d': 604_800_000 } as const;
export type EarlierName = keyof typeof earlierMs;
export const earlierNames: readonly EarlierName[] = ['no', '1h', '1d', '7d'];

/** What the page shows, all of it in the address. */
export type View =
  | { readonly page: 'streams'; readonly list: ListQuery }
  | { readonly page: 'new' }
  | {
      readonly page: 'figures';
      readonly subject: Subject;
      readonly range: Range;
      readonly facet: string;
    }
  | { readonly page: 'settings'; readonly key: string }
  | { readonly page: 'history'; readonly key: string; readonly cursor: string }
  | { readonly page: 'changes'; readonly changes: ChangesQuery }
  | { readonly page: 'compare'; readonly comparison: Comparison }
  | { readonly page: 'system' }
  | { readonly page: 'users' }
  | { readonly page: 'tokens' }
  | { readonly page: 'import' }
  | { readonly page: 'missing' };

export interface Place {
  readonly view: View;
  /** True: times are in UTC, not in the browser's zone. */
  readonly isUtc: boolean;
}

export const allStreams: ListQuery = {
  search: '',
  group: '',
  tag: '',
  isArchived: false,
  sort: 'viewers',
  order: 'desc',
  cursor: '',
};

export const allChanges: ChangesQuery = { group: '', actor: '', cursor: '' };

export function figuresOf(subject: Subject, range: Range = usualRange): View {
  return { page: 'figures', subject, range, facet: '' };
}

export function streamFigures(key: string): View {
  return figuresOf({ kind: 'stream', name: key });
}

export function parsePlace(path: string, search: string): Place {
  const query = new URLSearchParams(search);
  return { view: parseView(path, query), isUtc: query.get('zone') === 'utc' };
}

export function addressOf({ view, isUtc }: Place): string {
  const fields: Fields = { ...fieldsOf(view), zone: isUtc ? 'utc' : '' };
  const given = Object.entries(fields).filter(([, value]) => value !== '');
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query === '' ? pathOf(view) : `${pathOf(view)}?${query}`;
}

function parseView(path: string, query: URLSearchParams): View {
  const parts = path.split('/').filter((part) => part !== '');
  const [first = '', encoded, last] = parts;
  const name = decoded(encoded);
  if (parts.length === 0) return { page: 'streams', list: parseList(query) };
  if (parts.length === 1) return parseSinglePart(first, query);
  if (name === undefined || parts.length > 3) return { page: 'missing' };
  const range = parseRange(query);
  const facet = query.get('facet') ?? '';
  if (first === 'groups' && parts.length === 2) {
    return { page: 'figures', subject: { kind: 'group', name }, range, facet };
  }
  if (first !== 'streams') return { page: 'missing' };
  if (parts.length === 2) {
    return { page: 'figures', subject: { kind: 'stream', name }, range, facet };
  }
  if (last === 'settings') return { page: 'settings', key: name };
  if (last === 'history') {
    return { page: 'history', key: name, cursor: query.get('cursor') ?? '' };
  }
  return { page: 'missing' };
}

function parseSinglePart(part: string, query: URLSearchParams): View {
  switch (part) {
    case 'new':
    case 'system':
    case 'users':
    case 'tokens':
    case 'import':
      return { page: part };
    case 'total':
      return figuresOf({ kind: 'total' }, parseRange(query));
    case 'history':
      return { page: 'changes', changes: parseChanges(query) };
    case 'compare':
      return { page: 'compare', comparison: parseComparison(query) };
    default:
      return { page: 'missing' };
  }
}

function parseList(query: URLSearchParams): ListQuery {
  const text = (name: string): string => query.get(name) ?? '';
  const sort = listSorts.find((known) => known === query.get('sort')) ?? allStreams.sort;
  const usualOrder = isDescendingFirst(sort) ? 'desc' : 'asc';
  const given = query.get('order');
  return {
    search: text('search'),
    group: text('group'),
    tag: text('tag'),
    isArchived: query.get('archived') === 'true',
    sort,
    order: given === 'asc' || given === 'desc' ? given : usualOrder,
    cursor: text('cursor'),
  };
}

function parseChanges(query: URLSearchParams): ChangesQuery {
  const text = (name: string): string => query.get(name) ?? '';
  return { group: text('group'), actor: text('actor'), cursor: text('cursor') };
}

/** True: of this the largest come first unless told otherwise. */
export function isDescendingFirst(sort: ListSort): boolean {
  return sort === 'viewers' || sort === 'offload';
}

function parseComparison(query: URLSearchParams): Comparison {
  return {
    left: query.get('left') ?? '',
    right: query.get('right') ?? '',
    range: parseRange(query),
    earlier: earlierNames.find((name) => name === query.get('earlier')) ?? 'no',
  };
}

function pathOf(view: View): string {
  switch (view.page) {
    case 'streams':
      return '/';
    case 'figures': {
      const { subject } = view;
      if (subject.kind === 'total') return '/total';
      return `/${subject.kind}s/${encodeURIComponent(subject.name)}`;
    }
    case 'settings':
    case 'history':
      return `/streams/${encodeURIComponent(view.key)}/${view.page}`;
    case 'changes':
      return '/history';
    case 'missing':
      return '/missing';
    default:
      return `/${view.page}`;
  }
}

type Fields = Readonly<Record<string, string | number>>;

function fieldsOf(view: View): Fields {
  switch (view.page) {
    case 'streams': {
      const { search, group, tag, isArchived, sort, order, cursor } = view.list;
      const isUsual = (order === 'desc') === isDescendingFirst(sort);
      return {
        search,
        group,
        tag,
        archived: isArchived ? 'true' : '',
        sort: sort === allStreams.sort ? '' : sort,
        order: isUsual ? '' : order,
        cursor,
      };
    }
    case 'figures':
      return { ...rangeFields(view.range), facet: view.facet };
    case 'history':
      return { cursor: view.cursor };
    case 'changes':
      return { ...view.changes };
    case 'compare': {
      const { left, right, range, earlier } = view.comparison;
      return { left, right, ...rangeFields(range), earlier: earlier === 'no' ? '' : earlier };
    }
    default:
      return {};
  }
}

function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
