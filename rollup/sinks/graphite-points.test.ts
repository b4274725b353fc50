import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fallsToZero, streamPoints } from '../../graphite/index.js';
import {
  allStreams,
  browsers,
  counterTable,
  startupBoundsMs,
  type FacetCell,
  type PlainCell,
} from '../../schemas/index.js';
import { testCell } from '../testing/cell.js';
import type { TotalFacets } from '../totals/minute-totals.js';
import { closedLine, minuteLines } from './graphite-points.js';

const noFacets = (): readonly string[] => [];
const facetsOf = (...facets: readonly FacetCell[]): TotalFacets => ({
  countMax: facets.length,
  add: () => facets,
});
const { viewers, viewsBegun, startsFailed, playedBits, playedBitrateMs } = counterTable;
const placesOfSums = [viewers, viewsBegun, startsFailed, playedBits, playedBitrateMs].map(
  ({ place }) => place,
);
const placesOfStartups = Array.from(
  { length: startupBoundsMs.length + 1 },
  (_, bucket) => counterTable.startupHistogram.place + bucket,
);

describe('closedLine', () => {
  it('says which partition has closed the minute, and nothing of one that is open', () => {
    expect(closedLine({ minute: 5, closedBy: 3 }, 'v', 60_000)).toBe('v.progress.3.closed 1 300\n');
    expect(closedLine({ minute: 5 }, 'v', 60_000)).toBe('');
  });
});

describe('minuteLines', () => {
  it('lets what the previous minute had and this one has not fall to zero', () => {
    const total = (stream: string, quality: string) => ({
      stream,
      cells: [testCell({ quality, viewers: 2 })],
    });
    const lines = minuteLines(
      {
        minute: 5,
        version: 1,
        totals: [total('arena', '720p')],
        previous: new Map([
          ['arena', total('arena', '1080p')],
          ['gone', total('gone', '480p')],
        ]),
      },
      'v',
      60_000,
      noFacets,
    );
    expect(lines.endsWith('\n')).toBe(true);
    const points = lines.trimEnd().split('\n');
    expect(points).toEqual(
      expect.arrayContaining([
        'v.streams.arena.viewers_by_quality.720p 2 300',
        'v.streams.arena.viewers_by_quality.1080p 0 300',
        'v.streams.arena.viewers 2 300',
        'v.streams.gone.viewers 0 300',
        'v.streams.gone.browsers_by_quality.480p.Chrome 0 300',
      ]),
    );
    expect(new Set(points.map((line) => line.split(' ')[0])).size).toBe(points.length);
  });

  it('lets a counter fall to zero that the same cell had before', () => {
    const total = (fields: object) => ({ stream: 'arena', cells: [testCell(fields)] });
    const write = {
      minute: 5,
      version: 1,
      totals: [total({ viewers: 2, startsFailed: 1 })],
      previous: new Map([['arena', total({ viewers: 2, startsGivenUp: 3, playedBitrateMs: 5 })]]),
    };
    const points = minuteLines(write, 'v', 60_000, noFacets).trimEnd().split('\n');
    expect(points).toContain('v.streams.arena.starts.failed 1 300');
    expect(points).toContain('v.streams.arena.starts.given_up 0 300');
    expect(points).toContain('v.streams.arena.played_bitrate_ms 0 300');
    expect(points.filter((line) => line.includes('bitrate_kbps'))).toEqual([]);
    expect(new Set(points.map((line) => line.split(' ')[0])).size).toBe(points.length);
  });

  it('writes the points of now, and 0 for each that was before, is no more and can fall', () => {
    const arbitraryCells = fc.uniqueArray(
      fc.record({
        quality: fc.constantFrom('720p', '1080p'),
        browser: fc.constantFrom(...browsers),
        counts: fc
          .subarray([...placesOfSums, ...placesOfStartups], { maxLength: 9 })
          .map((places) => places.flatMap((place) => [place, 1])),
      }),
      { selector: ({ quality, browser }) => `${quality} ${browser}`, maxLength: 3 },
    );
    fc.assert(
      fc.property(arbitraryCells, arbitraryCells, fc.boolean(), (now, before, isSame) => {
        const cells = isSame
          ? before.map((cell, index) => ({ ...cell, counts: now[index]?.counts ?? [] }))
          : now;
        const write = {
          minute: 5,
          version: 1,
          totals: [{ stream: 'arena', cells }],
          previous: new Map([['arena', { stream: 'arena', cells: before }]]),
        };
        const expected = streamPoints('v.streams.arena', cells, 60_000);
        for (const name of Object.keys(streamPoints('v.streams.arena', before, 60_000))) {
          if (fallsToZero(name)) expected[name] ??= 0;
        }
        const lines = minuteLines(write, 'v', 60_000, noFacets).trimEnd().split('\n');
        expect(lines.sort()).toEqual(
          Object.entries(expected)
            .map(([name, value]) => `${name} ${value} 300`)
            .sort(),
        );
      }),
    );
  });

  it('tells each metric once where nobody watches over all streams any more', () => {
    const before = { stream: allStreams, cells: [testCell({ quality: '480p', viewers: 2 })] };
    const write = {
      minute: 5,
      version: 1,
      totals: [{ stream: allStreams, cells: [] }],
      previous: new Map([[allStreams, before]]),
    };
    const points = minuteLines(write, 'v', 60_000, noFacets).trimEnd().split('\n');
    expect(points).toEqual(
      expect.arrayContaining([
        'v.total.viewers 0 300',
        'v.total.bytes.cdn 0 300',
        'v.total.bytes.p2p 0 300',
        'v.total.viewers_by_quality.480p 0 300',
      ]),
    );
    expect(new Set(points.map((line) => line.split(' ')[0])).size).toBe(points.length);
  });

  it('tells of the facets that a stream asks for, but of no value that has no name in Graphite, and lets them fall to zero', () => {
    const facet = (value: string, viewers: number) => ({
      facet: 'label.plan',
      value,
      counts: [0, viewers, 5, 1_000],
    });
    const arena = { stream: 'arena', cells: [testCell({ viewers: 2 })] };
    const country = { facet: 'country', value: 'CZ', counts: [0, 2] };
    const write = {
      minute: 5,
      version: 1,
      totals: [
        { ...arena, facets: facetsOf(facet('free', 2), facet('日'.repeat(27), 9), country) },
        { ...arena, stream: 'studio', facets: facetsOf(country) },
      ],
      previous: new Map([
        ['arena', { ...arena, facets: facetsOf(facet('free', 1), facet('paid', 3)) }],
      ]),
    };
    const asked = (stream: string): string[] => (stream === 'arena' ? ['label.plan'] : []);
    const points = minuteLines(write, 'v', 60_000, asked).trimEnd().split('\n');
    const ofFacets = points.filter((line) => line.startsWith('v.facets.'));
    expect(ofFacets).toEqual(
      expect.arrayContaining([
        'v.facets.arena.label~2Eplan.free.viewers 2 300',
        'v.facets.arena.label~2Eplan.free.bytes.cdn 1000 300',
        'v.facets.arena.label~2Eplan.paid.viewers 0 300',
        'v.facets.arena.label~2Eplan.paid.bytes.cdn 0 300',
      ]),
    );
    expect(ofFacets.filter((line) => /studio|CZ|~E6/.test(line))).toEqual([]);
    expect(new Set(ofFacets.map((line) => line.split(' ')[0])).size).toBe(ofFacets.length);
  });

  it('tells of the parts of a holdback the sums that are to be put together, and no more', () => {
    const part = (value: string, fields: Partial<PlainCell>) => ({
      facet: 'holdback_part',
      value,
      counts: testCell(fields).counts,
    });
    const arena = { stream: 'arena', cells: [testCell({ viewers: 2 })] };
    const played = { playedBits: 9_000, playedBitrateMs: 3 };
    const write = {
      minute: 5,
      version: 1,
      totals: [
        {
          ...arena,
          facets: facetsOf(
            part('held_back-07', { viewers: 1, watchedMs: 50, stalledMs: 2, ...played }),
            part('with_peers-15', { viewers: 1, viewsPlayed: 1, startingMs: 700, cdnBytes: 5 }),
          ),
        },
      ],
      previous: new Map([
        ['arena', { ...arena, facets: facetsOf(part('held_back-01', { watchedMs: 1 })) }],
      ]),
    };
    const points = minuteLines(write, 'v', 60_000, () => ['holdback'])
      .trimEnd()
      .split('\n');
    const base = 'v.facets.arena.holdback_part';
    expect(points.filter((line) => line.startsWith(base)).sort()).toEqual([
      `${base}.held_back-01.watched_ms 0 300`,
      `${base}.held_back-07.played_bitrate_ms 3 300`,
      `${base}.held_back-07.played_bits 9000 300`,
      `${base}.held_back-07.stalled_ms 2 300`,
      `${base}.held_back-07.watched_ms 50 300`,
      `${base}.with_peers-15.starting_ms 700 300`,
      `${base}.with_peers-15.views_played 1 300`,
    ]);
    expect(minuteLines(write, 'v', 60_000, () => ['country'])).not.toContain('holdback');
  });
});
