import { describe, expect, it } from '@jest/globals';
import type { CdnReason } from '../../schemas/index.js';
import { countedAnnounces, expectedRow, type AnnounceRow } from './compare-announces.js';
import { facetsOfSession, facetsText } from './facets-of-session.js';
import { comparePoints, expectedClosed, type Points } from './expected-graphite.js';
import type { LedgerAnnounce } from '../viewers/ledger.js';
import { compareTables, Differences, type Row } from './tables.js';
import { ledgerAnnounce, ledgerOf } from '../viewers/testing/announces.js';

/** It is held back from 4 % on. */
const heldBack = { stream: 'arena-main', session: 'AAAAAAAAAAAAAAAAAAAAAA' };

const none = new Map<string, readonly string[]>();
const facts = {
  device: 'tv',
  system: 'Tizen',
  player: 'hls.js',
  role: 'viewer',
  plan: 'gold',
  viewer: null,
} as const;
const labels = new Map([['arena', { plan: ['free'] }]]);
const distinctions = { labels, holdbacks: new Map<string, number>() };
const row = (announce: LedgerAnnounce): AnnounceRow => {
  const facets = facetsText(
    facetsOfSession(announce.stream, announce.session, facts, distinctions),
  );
  return expectedRow(announce, { cdnReason: 'unconnected', facets, viewer: '' }, none, 5_000);
};

function counted(
  announces: readonly LedgerAnnounce[],
  rows: readonly AnnounceRow[],
  more: { readonly all?: readonly AnnounceRow[]; readonly late?: readonly AnnounceRow[] } = {},
): { numbers: number[]; differences: Differences } {
  const differences = new Differences();
  const numbers = countedAnnounces(
    ledgerOf(announces),
    { all: more.all ?? rows, counted: rows, late: more.late ?? [] },
    { renditions: none, ...distinctions },
    5_000,
    differences,
  ).map(({ announce }) => announce.number);
  return { numbers, differences };
}

const acknowledged = ledgerAnnounce({ number: 0, watchedMs: 5 }, { facts });
const unknown = ledgerAnnounce({ number: 1 }, { facts, outcome: 'unknown' });
const refused = ledgerAnnounce({ number: 2 }, { facts, outcome: 'refused', resends: 1 });

describe('the raw rows against the ledger', () => {
  it('count what was acknowledged, and of the rest exactly what stands in the log', () => {
    const all = [acknowledged, unknown, refused];
    const without = counted(all, [row(acknowledged)]);
    expect(without.numbers).toEqual([0]);
    expect(without.differences.count).toBe(0);
    const withAll = counted(all, all.map(row));
    expect(withAll.numbers).toEqual([0, 1, 2]);
    expect(withAll.differences.count).toBe(0);
  });

  it('differ when an acknowledged announce is missing, and it is still expected to be counted', () => {
    const { numbers, differences } = counted([acknowledged, unknown], [row(unknown)]);
    expect(numbers).toEqual([0, 1]);
    expect(differences.first.map(({ got }) => got)).toEqual(['no row']);
  });

  it('differ when there is one that nobody sent, or one twice', () => {
    const stranger = row(ledgerAnnounce({ number: 9 }));
    expect(counted([acknowledged], [row(acknowledged), stranger]).differences.count).toBe(2);
    const twice = [row(acknowledged), row(acknowledged)];
    expect(counted([acknowledged], twice).differences.first[0]?.got).toBe('twice');
  });

  it('differ in any field that isn’t as it was sent, in every copy', () => {
    for (const column of Object.keys(row(acknowledged))) {
      if (['stream', 'session', 'number'].includes(column)) continue;
      const changed: AnnounceRow = { ...row(acknowledged), [column]: 'changed' };
      const rows = [row(acknowledged)];
      expect(counted([acknowledged], rows, { all: [...rows, changed] }).differences.count).toBe(1);
    }
  });

  it('have the group of their session, and of who is held back no reason but policy', () => {
    const holdbacks = new Map([['arena-main', 4]]);
    const expected = (role: 'viewer' | 'seeder', cdnReason: CdnReason) => {
      const announce = ledgerAnnounce({}, { ...heldBack, facts: { ...facts, role } });
      const { stream, session } = announce;
      const values = facetsOfSession(stream, session, { ...facts, role }, { labels, holdbacks });
      const madeOut = { cdnReason, facets: facetsText(values), viewer: '' };
      const told = expectedRow(announce, madeOut, none, 5_000);
      const differences = new Differences();
      const registered = { renditions: none, labels, holdbacks };
      const rows = { all: [told], counted: [told], late: [] };
      countedAnnounces(ledgerOf([announce]), rows, registered, 5_000, differences);
      const group = values.find(({ facet }) => facet === 'holdback');
      return [group?.value, differences.count];
    };
    expect(expected('viewer', 'policy')).toEqual(['held_back', 0]);
    expect(expected('viewer', 'unconnected')).toEqual(['held_back', 2]);
    expect(expected('seeder', 'unconnected')).toEqual(['with_peers', 0]);
  });

  it('may have what came too late, but nothing that was acknowledged at its only try', () => {
    const ok = counted([acknowledged, unknown], [row(acknowledged)], { late: [row(unknown)] });
    expect(ok.differences.count).toBe(0);
    const wrong = counted([acknowledged], [row(acknowledged)], { late: [row(acknowledged)] });
    expect(wrong.differences.count).toBe(1);
  });
});

describe('two tables', () => {
  const compare = (expected: readonly Row[], got: readonly Row[]): Differences => {
    const differences = new Differences();
    const table = { name: 't', keyColumns: ['k'] };
    compareTables({ ...table, rows: expected }, { ...table, rows: got }, differences);
    return differences;
  };

  it('are equal whatever the order, and a row of zeros is none', () => {
    const [a, b] = [
      { k: 'a', n: 1, s: 'x' },
      { k: 'b', n: 2, s: 'x' },
    ];
    expect(compare([a, b], [b, a]).count).toBe(0);
    expect(compare([], [{ k: 'a', n: 0, ratio: null }]).count).toBe(0);
  });

  it('differ by one in a sum, but not by the rounding of a ratio', () => {
    expect(compare([{ k: 'a', n: 2 ** 50 }], [{ k: 'a', n: 2 ** 50 + 1 }]).count).toBe(1);
    expect(compare([{ k: 'a', n: 1 / 3 }], [{ k: 'a', n: 0.333333333333 }]).count).toBe(0);
    expect(compare([{ k: 'a', n: 1 / 3 }], [{ k: 'a', n: 0.3333 }]).count).toBe(1);
  });

  it('differ by a row that only one has, and by one that comes twice', () => {
    const a = { k: 'a', n: 1 };
    expect(compare([a], []).first[0]).toMatchObject({ what: 'k=a', got: 'no row' });
    expect(compare([], [a]).first[0]).toMatchObject({ what: 'k=a', expected: 'no row' });
    expect(compare([a], [a, a]).first[0]?.got).toBe('more than one');
  });

  it('name no more than the first differences, and count all', () => {
    const rows = Array.from({ length: 50 }, (_, k) => ({ k, n: 1 }));
    const differences = compare(rows, []);
    expect(differences.count).toBe(50);
    expect(differences.first).toHaveLength(20);
  });
});

describe('points', () => {
  const compare = (expected: [number, number][], got: [number, number][]): number => {
    const differences = new Differences();
    comparePoints(new Map([['m', new Map(expected)]]), new Map([['m', new Map(got)]]), differences);
    return differences.count;
  };

  it('are equal when each has the same value, and absent is 0', () => {
    expect(compare([[60, 5]], [[60, 5]])).toBe(0);
    expect(compare([[60, 0]], [])).toBe(0);
    expect(compare([], [[60, 0]])).toBe(0);
  });

  it('say of each partition that it closed every minute from the first to the last', () => {
    const expected = expectedClosed([12, 10], 2, 'v', 60_000);
    const minutes = [600_000, 660_000, 720_000];
    const closed = new Map(minutes.map((timeMs) => [timeMs, 1]));
    const count = (got: Points): number => {
      const differences = new Differences();
      comparePoints(expected, got, differences);
      return differences.count;
    };
    const [one, other, third] = [0, 1, 2].map((partition) => `v.progress.${partition}.closed`);
    const right: Points = new Map([
      [String(one), closed],
      [String(other), closed],
    ]);
    expect(count(right)).toBe(0);
    expect(count(new Map([[String(one), closed]]))).toBe(3);
    expect(count(new Map(right).set(String(other), new Map([...closed].slice(1))))).toBe(1);
    expect(count(new Map(right).set(String(third), closed))).toBe(3);
  });

  it('differ by a value, by the minute, and by a metric that nobody expects', () => {
    expect(compare([[60, 5]], [[60, 6]])).toBe(1);
    expect(compare([[60, 5]], [[120, 5]])).toBe(2);
    expect(compare([], [[60, 1]])).toBe(1);
  });
});
