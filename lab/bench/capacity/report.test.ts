import { describe, expect, it } from '@jest/globals';
import { figureLines, partsTable, verdictsOf, type Measured } from './report.js';

const good: Measured = {
  options: {
    viewers: 1_000,
    throughHaproxy: 200,
    minutes: 2,
    intervalSeconds: 60,
    announceInterval: 30,
    joinsPerSecond: 300,
    sessionSeconds: 1_800,
    streams: 50,
    seed: 1,
    cpuProf: undefined,
    json: undefined,
    folder: undefined,
  },
  joinSeconds: 4,
  connectedMin: 996,
  reconnects: 3,
  signals: 60,
  errors: {},
  parts: [],
  delays: new Map([
    [7, 2_100],
    [8, 5_000],
  ]),
  judged: {
    announces: { sent: 4_000, acknowledged: 3_999, refused: 0, unknown: 1, resent: 3 },
    valuesCompared: 9_000,
    differences: 0,
    first: [],
    acknowledgedMs: [300, 100, 200],
    viewersByMinute: new Map([[7, 1_010]]),
  },
  verified: { isEqual: true, to: 8, cells: 90, points: 900, differenceCount: 0, differences: [] },
};

function missed(measured: Measured): string[] {
  return verdictsOf(measured)
    .filter(({ isMet }) => !isMet)
    .map(({ what }) => what);
}

describe('verdictsOf', () => {
  it('is content where all is as it should be', () => {
    expect(missed(good)).toEqual([]);
  });

  it('misses each target by its own figure', () => {
    const { judged, verified } = good;
    if (verified === undefined) throw new Error('nothing verified');
    const refused = { ...judged, announces: { ...judged.announces, refused: 1 } };
    const worse: [Partial<Measured>, RegExp][] = [
      [{ connectedMin: 994 }, /connected/],
      [{ delays: new Map([[7, 5_001]]) }, /Graphite/],
      [{ delays: new Map([[7, undefined]]) }, /Graphite/],
      [{ judged: { ...judged, differences: 1 } }, /record/],
      [{ judged: refused }, /refused/],
      [{ verified: undefined }, /verify/],
      [{ verified: { ...verified, isEqual: false } }, /verify/],
      // The last measured minute has to be among what was compared.
      [{ verified: { ...verified, to: 7 } }, /verify/],
    ];
    for (const [part, name] of worse) {
      expect(missed({ ...good, ...part })).toEqual([expect.stringMatching(name)]);
    }
  });
});

describe('figureLines', () => {
  it('says how fast they came, and how soon each announce was acknowledged', () => {
    const text = figureLines(good).join('\n');
    expect(text).toContain('joined in 4 s, 250 a second');
    expect(text).toContain('acknowledged after 200 ms (median), 300 ms (99 %)');
    expect(text).toContain('1,010 viewers after 2100 ms');
  });
});

describe('partsTable', () => {
  it('is a table that a page can have as it is', () => {
    const part = { name: 'trackers', processes: 3, viewers: 50_000, cores: 0.5 };
    const rates = { viewersPerCore: 100_000, cpuMsPerJoin: 1.5 };
    const sizes = { residentBytes: 2 ** 30, bytesPerViewer: 16_384 };
    const [head, line, ...rows] = partsTable([{ ...part, ...rates, ...sizes }]).split('\n');
    expect(head).toMatch(/^\| part +\| processes \| cores \| viewers a core \|/);
    expect(line).toMatch(/^\|-+\|-+\|/);
    expect(rows.join().replaceAll(/ +/g, ' ')).toBe(
      '| trackers | 3 | 0.500 | 100,000 | 1.50 | 1,024 | 16,384 |',
    );
  });
});
