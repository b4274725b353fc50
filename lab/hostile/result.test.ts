import { describe, expect, it } from '@jest/globals';
import { Differences } from '../oracle/index.js';
import type { Attack } from './attack.js';
import { checksOf, checksTable, type Bounds } from './result.js';
import type { Siege } from './siege.js';

const bounds: Bounds = {
  delayMsMax: 3_000,
  memoryGrowthMax: 1.25,
  memoryGrowthBytesMax: 32 * 2 ** 20,
  logTimeLagSecondsMax: 5,
  lateShareMax: 0.1,
  welcomeMsMax: 3_000,
};
const attack: Attack = {
  name: 'shouting',
  what: 'noise',
  namedBy: ['errors_total{code="bad_json"}'],
  run: () => Promise.resolve(),
};
const allTaken = {
  sent: 20,
  acknowledged: 20,
  refused: 0,
  refusedAsLate: 0,
  unknown: 0,
  resent: 1,
};
const [oneRefused, twoLate, threeLate] = [
  { ...allTaken, acknowledged: 19, refused: 1 },
  { ...allTaken, acknowledged: 18, refused: 2, refusedAsLate: 2 },
  { ...allTaken, acknowledged: 17, refused: 3, refusedAsLate: 3 },
];
const megabyte = 2 ** 20;

/** Of a run in which all is as it should be. */
const siege = {
  attackers: { victims: 4, counts: { shouting: { messages: 5 } } },
  delays: new Map([[7, 1_800]]),
  ordinary: allTaken,
  victims: allTaken,
  comparison: { differences: new Differences(), values: 100, cells: [{ minute: 7 }] },
  verified: { isEqual: true, to: 9, cells: 5, points: 50, differenceCount: 0, differences: [] },
  lastMinute: 9,
  sums: {
    minutes: 3,
    sessions: 2,
    announces: 100,
    minuteBytesMax: 1e9,
    minuteSessions: 2,
    minuteShareMax: 0.9,
    facetValues: 9,
    sessionBytesShareMax: 1,
    sessionPlayedShareMax: 0.5,
    sessionAnnouncesShareMax: 0.5,
  },
  watched: {
    memory: new Map([['tracker-1', new Array<number>(9).fill(200 * megabyte)]]),
    logTimeLagSecondsMax: 0.4,
    brokenMax: 0,
    unanswered: [],
    readings: 9,
  },
  trackers: new Map([['viblast_tracker_errors_total{code="bad_json",node="1"}', 4]]),
  welcomesMs: [40, 80],
  torrents: { met: [2, 1, 1], closed: 0 },
  // The limits, and most of a cell, are of no account here.
} as unknown as Siege;

function failed(changes: Partial<Siege>): readonly string[] {
  const checks = checksOf({ ...siege, ...changes }, [attack], bounds);
  return checks.filter(({ holds }) => !holds).map(({ what }) => what);
}

describe('what is held against a hostile run', () => {
  it('is nothing when all is as it should be', () => {
    expect(failed({})).toEqual([]);
    expect(failed({ victims: twoLate })).toEqual([]);
    expect(checksTable(checksOf(siege, [attack], bounds))).not.toContain('**no**');
  });

  const differences = new Differences();
  differences.add('a table', 'a row', 1, 2);
  const { sums, watched, verified } = siege;
  const grown = [...new Array<number>(9).fill(100), 300, 300, 300, 300, 300];

  it.each<[name: string, changes: Partial<Siege>]>([
    ['a figure that differs', { comparison: { ...siege.comparison, differences } }],
    ['no minute that was compared', { comparison: { ...siege.comparison, cells: [] } }],
    ['a minute that was not verified', { lastMinute: 10 }],
    ['a minute that verify finds wrong', { verified: verified && { ...verified, isEqual: false } }],
    ['a late minute', { delays: new Map([[7, 3_001]]) }],
    ['a minute that did not come', { delays: new Map([[7, null]]) }],
    ['a refused announce', { ordinary: oneRefused }],
    ['more late announces than may be', { ordinary: threeLate }],
    ['an announce without an answer', { victims: { ...allTaken, acknowledged: 19, unknown: 1 } }],
    ['a newcomer who was turned away', { welcomesMs: [40, '1 HTTP 503'] }],
    ['a newcomer who waited', { welcomesMs: [3_001] }],
    ['a WebTorrent viewer who meets nobody', { torrents: { met: [2, 1, 0], closed: 0 } }],
    ['a WebTorrent viewer whose socket was closed', { torrents: { met: [2, 2, 2], closed: 1 } }],
    ['a cell above its bound', { sums: { ...sums, minuteShareMax: 1.01 } }],
    ['ever more values of facets', { sums: { ...sums, facetValues: 42 } }],
    ['a session above its bound', { sums: { ...sums, sessionBytesShareMax: 1.01 } }],
    [
      'memory that grows',
      { watched: { ...watched, memory: new Map([['a', grown.map((one) => one * megabyte)]]) } },
    ],
    ['a partition whose time stands', { watched: { ...watched, logTimeLagSecondsMax: 6 } }],
    ['a record set aside', { watched: { ...watched, brokenMax: 1 } }],
    ['a service without an answer', { watched: { ...watched, unanswered: ['tracker-1'] } }],
    ['an attack that no metric names', { trackers: new Map() }],
  ])('is %s', (_name, changes) => {
    expect(failed(changes)).toHaveLength(1);
  });
});
