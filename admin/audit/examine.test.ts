import { describe, expect, it } from '@jest/globals';
import {
  minuteRow,
  fullFacetRow,
  type FullFacetMinuteRow,
  type StreamMinuteRow,
} from '../../clickhouse/index.js';
import { sumMax } from '../../schemas/index.js';
import { row } from '../testing/rows.js';
import { differenceJson, differencesText } from './report.js';
import type { Difference } from './differences.js';
import { examine, type AuditSources, type Finding } from './examine.js';
import { expectedFacetPoints, expectedPoints, type MetricPoints } from './points.js';
import { Totals } from './totals.js';

const intervalMs = 60_000;
const span = { from: 100, to: 101 };
const times = { prefix: 'v', intervalMs };
const arena = row({ viewers: 2, announces: 5 });
const overAll = row({ stream: '*', viewers: 2, announces: 5 });

function sources(changed: {
  readonly stored?: readonly StreamMinuteRow[];
  readonly countedFacets?: readonly FullFacetMinuteRow[];
  readonly storedFacets?: readonly FullFacetMinuteRow[];
  readonly points?: ReadonlyMap<string, MetricPoints | undefined>;
  readonly unreadable?: readonly string[];
  readonly facetPoints?: MetricPoints;
  readonly closedPoints?: MetricPoints;
}): AuditSources {
  const points = new Map<string, MetricPoints | undefined>([
    ['arena', expectedPoints('arena', [arena], span, times)],
    ['*', expectedPoints('*', [overAll], span, times)],
    ...(changed.points ?? []),
  ]);
  return {
    sizes: () => Promise.resolve([{ stream: 'arena', announces: 5, rows: 1 }]),
    counted: () => Promise.resolve([arena]),
    countedOverAll: () => Promise.resolve([overAll]),
    stored: () => Promise.resolve(changed.stored ?? [arena]),
    countedFacets: () => Promise.resolve(changed.countedFacets ?? []),
    storedFacets: () => Promise.resolve(changed.storedFacets ?? []),
    graphiteStreams: () => Promise.resolve([...points.keys()].filter((stream) => stream !== '*')),
    facetStreams: () => Promise.resolve(changed.facetPoints === undefined ? [] : ['arena']),
    facetPoints: () =>
      Promise.resolve({ points: changed.facetPoints ?? new Map(), unreadable: [] }),
    closedPoints: ({ from, to }) =>
      Promise.resolve({ points: pointsIn(changed.closedPoints, from, to), unreadable: [] }),
    points: (stream) =>
      Promise.resolve({
        points: points.has(stream) ? points.get(stream) : new Map(),
        unreadable: stream === 'arena' ? (changed.unreadable ?? []) : [],
      }),
  };
}

function pointsIn(points: MetricPoints = new Map(), from: number, to: number): MetricPoints {
  return new Map(
    [...points].map(([metric, values]) => [
      metric,
      new Map([...values].filter(([minute]) => minute >= from && minute <= to)),
    ]),
  );
}

async function findings(from: AuditSources, streams: readonly string[] = []): Promise<Finding[]> {
  const options = { span, streams, graphitePrefix: 'v', partialPartitions: 2, intervalMs };
  const found: Finding[] = [];
  for await (const finding of examine(from, options)) found.push(finding);
  return found;
}

function listed(found: readonly Finding[]): string[] {
  return found
    .flatMap(({ wrongCells, wrongPoints }) => [
      ...wrongCells.flatMap(({ differences }) => differences),
      ...wrongPoints,
    ])
    .map(
      ({ sink, counter, expected, found: is }) => `${sink} ${counter} ${expected} ${String(is)}`,
    );
}

describe('examine', () => {
  describe('finds what a partition has not told of how far it has closed', () => {
    const [one, other] = ['v.progress.0.closed', 'v.progress.1.closed'];
    const told = (...minutes: readonly number[]): ReadonlyMap<number, number> =>
      new Map(minutes.map((minute) => [minute, 1]));
    const found = async (...closed: readonly [string, ReadonlyMap<number, number>][]) =>
      listed(await findings(sources({ closedPoints: new Map(closed) })));

    it('a minute, from the first on of which any told', async () => {
      expect(await found([one, told(101)], [other, told()])).toEqual([`graphite ${other} 1 null`]);
      expect(await found([one, told(100, 101)], [other, told(100, 101)])).toEqual([]);
    });

    it('a partition of which Graphite has nothing', async () => {
      expect(await found([one, told(101)])).toEqual([`graphite ${other} 1 null`]);
    });

    it('all of the span, where they told of minutes before it', async () => {
      expect(await found([one, told(90)])).toHaveLength(4);
      expect(await found()).toEqual([]);
    });

    it('a point that is not 1, and one of a partition that there is not', async () => {
      const third = 'v.progress.2.closed';
      expect(
        await found([one, told(101)], [other, new Map([[101, 0]])], [third, told(101)]),
      ).toEqual([`graphite ${other} 1 0`, `graphite ${third} 0 1`]);
    });

    it('not where single streams are looked at, nor where Graphite has no minutes', async () => {
      const closedPoints = new Map([[one, told(101)]]);
      expect(await findings(sources({ closedPoints }), ['arena'])).toHaveLength(1);
      const coarse: AuditSources = {
        ...sources({}),
        closedPoints: () => Promise.resolve({ points: undefined, unreadable: [] }),
      };
      const ofClosed = (await findings(coarse)).filter(
        ({ notInGraphite }) => notInGraphite !== undefined,
      );
      expect(ofClosed).toMatchObject([{ notInGraphite: span, points: 0 }]);
    });
  });

  it('finds nothing where both sinks hold the count, having compared all of it', async () => {
    const found = await findings(sources({}));
    expect(listed(found)).toEqual([]);
    expect(found.reduce((sum, { cells }) => sum + cells, 0)).toBe(1);
    expect(found.filter(({ points }) => points > 8)).toHaveLength(2);
  });

  it('finds cells, points of a stream, and points over all streams that differ', async () => {
    const wrongPoints = new Map([
      ['*', expectedPoints('*', [row({ stream: '*', viewers: 3 })], span, times)],
    ]);
    const found = await findings(
      sources({ stored: [row({ viewers: 2, announces: 6 })], points: wrongPoints }),
    );
    expect(listed(found)).toEqual([
      'clickhouse announces 5 6',
      'graphite v.total.browsers.Chrome 2 3',
      'graphite v.total.browsers_by_quality.720p.Chrome 2 3',
      'graphite v.total.viewers 2 3',
      'graphite v.total.viewers_by_quality.720p 2 3',
    ]);
  });

  it('finds facets that differ, and holds their sum to the stream’s', async () => {
    // Of 2 viewers and 5 announces.
    const facet = (value: string, counts: readonly number[]): FullFacetMinuteRow =>
      fullFacetRow(
        minuteRow(
          { stream: 'arena', minute: 100, version: 0 },
          { facet: 'country', value, counts },
          intervalMs,
        ),
      );
    const czech = facet('CZ', [0, 1, 1, 3]);
    const found = await findings(sources({ countedFacets: [czech], storedFacets: [czech] }));
    expect(listed(found)).toEqual(['clickhouse viewers 1 0', 'clickhouse announces 2 0']);
    expect(found.flatMap(({ wrongCells }) => wrongCells)).toMatchObject([
      { differences: [{ facet: 'country', value: 'untold' }, { value: 'untold' }] },
    ]);
    const untold = facet('untold', [0, 1, 1, 2]);
    const all = sources({ countedFacets: [czech], storedFacets: [czech, untold] });
    expect(listed(await findings(all))).toEqual([]);
  });

  it('holds points of facets to the count from when the stream asked for them, where they have a name', async () => {
    const told = { stream: 'arena', version: 0 };
    const country = { facet: 'country', value: 'CZ', counts: [0, 2, 1, 5] };
    const nameless = { facet: 'country', value: '日'.repeat(27), counts: [] };
    const rows = [100, 101].flatMap((minute) =>
      [country, nameless].map((value) =>
        fullFacetRow(minuteRow({ ...told, minute }, value, intervalMs)),
      ),
    );
    const counted = [arena, row({ minute: 101, viewers: 2, announces: 5 })];
    const metric = 'v.facets.arena.country.CZ.viewers';
    const of = (points: MetricPoints): AuditSources => ({
      ...sources({ countedFacets: rows, storedFacets: rows, stored: counted, facetPoints: points }),
      counted: () => Promise.resolve(counted),
      points: () => Promise.resolve({ points: undefined, unreadable: [] }),
    });
    const right = expectedFacetPoints(
      'arena',
      rows,
      new Map([[metric, new Map([[101, 2]])]]),
      times,
    );
    expect(right.get(metric)).toEqual(new Map([[101, 2]]));
    expect([...right.keys()].filter((name) => name.includes('~'))).toEqual([]);
    expect(listed(await findings(of(right), ['arena']))).toEqual([]);
    const wrong = new Map(right).set(metric, new Map([[101, 3]]));
    expect(listed(await findings(of(wrong), ['arena']))).toEqual([`graphite ${metric} 2 3`]);
  });

  it('says which values mean at least what they tell, of cells that differ and of equal ones', async () => {
    const liar = row({ viewers: 2, announces: 5, cdn_bytes: sumMax });
    const counted = () => Promise.resolve([liar]);
    const totals = new Totals(false);
    for (const finding of await findings({ ...sources({ stored: [liar] }), counted })) {
      totals.add(finding);
    }
    expect(totals.json(10)).toMatchObject({ cells: 1, cellsAtBound: 1 });
    expect(totals.notes(intervalMs)).toEqual([
      '1 cell has a sum at its bound, which means at least that: ≥ 9007199254740990',
    ]);
    const found = await findings({ ...sources({}), counted });
    const differences = found.flatMap(({ wrongCells }) =>
      wrongCells.flatMap((cell) => cell.differences),
    );
    expect(differences.map((one) => differenceJson(one, intervalMs))).toMatchObject([
      { counter: 'cdn_bytes', expected: sumMax, found: 0, atLeast: ['/expected'] },
    ]);
    expect(differencesText(differences, 1, intervalMs)).toMatch(/ ≥ 9007199254740990 +│? *0/);
    const point: Difference = {
      sink: 'graphite',
      stream: 'arena',
      minute: 100,
      counter: 'v.streams.arena.viewers_average',
      expected: 1,
      found: sumMax / intervalMs,
    };
    expect(differenceJson(point, intervalMs)).toMatchObject({ atLeast: ['/found'] });
  });

  it('finds a stream that only Graphite knows of', async () => {
    const ghost = expectedPoints('ghost', [row({ stream: 'ghost', stalls: 4 })], span, times);
    const found = await findings(sources({ points: new Map([['ghost', ghost]]) }));
    expect(listed(found)).toEqual(['graphite v.streams.ghost.stalls 0 4']);
  });

  it('leaves the figures over all streams out when it looks at some', async () => {
    const found = await findings(sources({ points: new Map([['*', new Map()]]) }), ['arena']);
    expect(listed(found)).toEqual([]);
    expect(found).toHaveLength(1);
  });

  it('finds minutes of which the figures over all streams are not told, also those with nobody', async () => {
    const found = await findings(sources({ points: new Map([['*', new Map()]]) }));
    const viewers = found
      .flatMap(({ wrongPoints }) => wrongPoints)
      .filter(({ counter }) => counter === 'v.total.viewers');
    expect(viewers).toMatchObject([
      { minute: 100, expected: 2, found: null },
      { minute: 101, expected: 0, found: null },
    ]);
  });

  it('names a metric that Graphite cannot read, and compares all others', async () => {
    const points = expectedPoints('arena', [arena], span, times);
    const without = new Map(points);
    without.delete('v.streams.arena.viewers');
    const found = await findings(
      sources({
        points: new Map([['arena', without]]),
        unreadable: ['v.streams.arena.viewers'],
      }),
      ['arena'],
    );
    expect(found).toMatchObject([
      { unreadable: ['v.streams.arena.viewers'], wrongPoints: [], points: points.size - 1 },
    ]);
  });

  it('says which minutes Graphite has no points of', async () => {
    const found = await findings(sources({ points: new Map([['arena', undefined]]) }), ['arena']);
    expect(found).toMatchObject([{ notInGraphite: { from: 100, to: 101 }, points: 0 }]);
  });
});

describe('the report', () => {
  const difference: Difference = {
    sink: 'clickhouse',
    stream: 'arena',
    minute: 100,
    quality: '720p',
    browser: 'Chrome',
    counter: 'viewers',
    expected: 2,
    found: 3,
  };

  it('lists differences, and counts those that it does not list', () => {
    const text = differencesText([difference], 4, intervalMs);
    expect(text).toMatch(/clickhouse.*arena.*1970-01-01T01:40:00Z.*720p.*Chrome.*viewers.*2.*3/);
    expect(text).toMatch(/… and 3 more$/);
    expect(differencesText([difference], 1, intervalMs)).not.toContain('more');
  });

  it('has the minute’s start in JSON too', () => {
    expect(differenceJson(difference, intervalMs)).toEqual({
      ...difference,
      time: '1970-01-01T01:40:00Z',
      atLeast: [],
    });
  });
});
