import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyStream, type RegisteredStream } from '../registry/index.js';
import { cursorOf } from './cursors.js';
import { streamPage, streamSorts, type PageWish } from './stream-pages.js';

function streamOf(key: string, title: string, atMs: number): RegisteredStream {
  const times = { createdAtMs: atMs, changedAtMs: 1_000 - atMs };
  return { ...emptyStream(key), title, ...times, changedBy: 'ann', revision: 1 };
}

const streamsOf = fc
  .uniqueArray(
    fc.record({
      key: fc.stringMatching(/^[a-c][a-c.]{0,3}$/),
      title: fc.constantFrom('', 'Aréna', 'arena', 'B', 'ﷺ'.repeat(200)),
      atMs: fc.integer({ min: 0, max: 5 }),
    }),
    { selector: ({ key }) => key, maxLength: 30 },
  )
  .map((many) => many.map(({ key, title, atMs }) => streamOf(key, title, atMs)));

const orderOf = fc.record({
  sort: fc.constantFrom(...streamSorts),
  order: fc.constantFrom('asc' as const, 'desc' as const),
});

/** All pages, with the streams that are there when each is asked for. */
function walk(wish: Omit<PageWish, 'cursor'>, at: (page: number) => RegisteredStream[]): string[] {
  const keys: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; ; page += 1) {
    const answer = streamPage(at(page), { ...wish, cursor });
    if (answer === undefined) throw new Error('a cursor of ours was refused');
    keys.push(...answer.streams.map(({ key }) => key));
    if (answer.nextCursor === null) return keys;
    expect(answer.nextCursor.length).toBeLessThan(2_000);
    cursor = answer.nextCursor;
  }
}

describe('pages of streams', () => {
  it('have every stream once, in the order that one page has', () => {
    fc.assert(
      fc.property(streamsOf, orderOf, fc.integer({ min: 1, max: 7 }), (streams, order, limit) => {
        const whole = walk({ ...order, limit: 500 }, () => streams);
        expect(whole).toHaveLength(streams.length);
        expect(walk({ ...order, limit }, () => streams)).toEqual(whole);
      }),
    );
  });

  it('have every stream once that stays, whatever comes and goes between them', () => {
    fc.assert(
      fc.property(streamsOf, streamsOf, orderOf, (staying, others, order) => {
        const keys = new Set(staying.map(({ key }) => key));
        const coming = others.filter(({ key }) => !keys.has(key));
        const seen = walk({ ...order, limit: 3 }, (page) =>
          page % 2 === 0 ? staying : [...coming, ...staying],
        );
        expect(seen.filter((key) => keys.has(key)).toSorted()).toEqual([...keys].toSorted());
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });

  it.each([
    '',
    'nonsense',
    cursorOf([]),
    cursorOf(['title', 'asc', 'a', 'a']),
    cursorOf(['key', 'desc', 'a', 'a']),
    cursorOf(['key', 'asc', 7, 'a']),
    cursorOf(['key', 'asc', 'a', 7]),
    Buffer.from('{"0":"key"}').toString('base64url'),
  ])('take no cursor that is none of their order: %s', (cursor) => {
    const wish = { sort: 'key', order: 'asc', limit: 1, cursor } as const;
    expect(streamPage([streamOf('a', '', 0)], wish)).toBeUndefined();
  });
});
