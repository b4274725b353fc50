import { describe, expect, it } from '@jest/globals';
import {
  addressOf,
  allChanges,
  allStreams,
  figuresOf,
  parsePlace,
  type Place,
  type View,
} from './place.js';

const parsed = (address: string): Place => {
  const { pathname, search } = new URL(address, 'http://portal');
  return parsePlace(pathname, search);
};

const views: readonly View[] = [
  { page: 'streams', list: allStreams },
  {
    page: 'streams',
    list: {
      search: 'a&b=c %',
      group: 'sports',
      tag: 'hd',
      isArchived: true,
      sort: 'title',
      order: 'desc',
      cursor: 'x+/=',
    },
  },
  { page: 'new' },
  { page: 'system' },
  { page: 'users' },
  { page: 'tokens' },
  { page: 'import' },
  figuresOf({ kind: 'total' }),
  figuresOf({ kind: 'group', name: 'sports' }, { kind: 'last', name: '30d' }),
  {
    page: 'figures',
    subject: { kind: 'stream', name: 'Az0._:@-' },
    range: { kind: 'span', fromMs: 5, untilMs: 7 },
    facet: 'label.plan',
  },
  { page: 'settings', key: 'a:b@c' },
  { page: 'history', key: 'settings', cursor: 'older' },
  { page: 'changes', changes: allChanges },
  { page: 'changes', changes: { group: 'a/b', actor: 'user:ann', cursor: 'x+/=' } },
  {
    page: 'compare',
    comparison: { left: 'a', right: '', range: { kind: 'last', name: '24h' }, earlier: '7d' },
  },
];

describe('the place in the address', () => {
  it.each(views)('comes back as it was: %j', (view) => {
    for (const isUtc of [true, false]) {
      expect(parsed(addressOf({ view, isUtc }))).toEqual({ view, isUtc });
    }
  });

  it.each(['/nowhere', '/streams/a/b', '/streams/%E0%A4%A', '/streams/a/settings/more'])(
    'is missing where nothing is: %s',
    (address) => {
      expect(parsed(address).view).toEqual({ page: 'missing' });
    },
  );

  it('sorts as the address says, and busiest first where it says nonsense', () => {
    const list = (search: string) => parsePlace('/', search).view;
    expect(list('?sort=price&order=up')).toEqual({ page: 'streams', list: allStreams });
    expect(list('?sort=title')).toMatchObject({ list: { sort: 'title', order: 'asc' } });
  });
});
