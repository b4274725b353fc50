import { describe, expect, it } from '@jest/globals';
import type { CdnReason } from '../../schemas/index.js';
import { expectedCells, groupCells, overAllStreams } from './expected-cells.js';
import { expectedPoints } from './expected-graphite.js';
import { expectedTables } from './expected-tables.js';
import { ledgerAnnounce } from '../viewers/testing/announces.js';

const renditions = new Map([['cinema', ['sd', 'hd', 'uhd=2160p']]]);
const intervalMs = 60_000;

describe('what has to be counted', () => {
  it('counts a session once a minute, in the cell of its highest number, and sums where each was', () => {
    const cells = expectedCells(
      [
        ledgerAnnounce({ number: 3, time: 119_999, quality: '1080p', watchedMs: 10 }),
        ledgerAnnounce({ number: 2, time: 60_000, quality: '720p', watchedMs: 20 }),
        ledgerAnnounce({ number: 4, time: 120_000, quality: '720p', watchedMs: 40 }),
      ],
      renditions,
      intervalMs,
    );
    const shown = cells.map(({ minute, quality, viewers, announces, watchedMs }) =>
      [minute, quality, viewers, announces, watchedMs].join(' '),
    );
    expect(shown.toSorted()).toEqual(['1 1080p 1 1 10', '1 720p 0 1 20', '2 720p 1 1 40']);
  });

  it('counts who is no viewer as none, but by the first version, which knows no other', () => {
    const app = { device: 'tv', system: 'Tizen', player: 'other' } as const;
    const facts = { ...app, role: 'seeder', plan: null, viewer: null } as const;
    const seeder = ledgerAnnounce({ uploadedBytes: 5 }, { facts });
    const countedBy = (cdnReason: CdnReason) =>
      expectedCells([{ ...seeder, cdnReason }], renditions, intervalMs)[0];
    const apart = { viewers: 0, announces: 1, uploadedBytes: 0, seederUploadedBytes: 5 };
    expect(countedBy('connected')).toMatchObject(apart);
    expect(countedBy('untold')).toMatchObject({ viewers: 1, uploadedBytes: 5 });
  });

  it('knows a quality by the stream’s renditions, or the usual heights', () => {
    const qualityOf = (stream: string, quality?: string): string | undefined =>
      expectedCells(
        [ledgerAnnounce(quality === undefined ? {} : { quality }, { stream })],
        renditions,
        intervalMs,
      )[0]?.quality;
    expect(qualityOf('cinema', 'hd')).toBe('hd');
    expect(qualityOf('cinema', 'UHD')).toBe('uhd=2160p');
    expect(qualityOf('cinema', '720p')).toBe('other');
    expect(qualityOf('arena-main', '720p')).toBe('720p');
    expect(qualityOf('arena-main', '1078p')).toBe('1080p');
    expect(qualityOf('arena-main', 'hd')).toBe('other');
    expect(qualityOf('arena-main')).toBe('unknown');
  });

  it('puts start-ups and stalls into their buckets, a stall with the mean length of its announce', () => {
    const [cell] = expectedCells(
      [
        ledgerAnnounce({ number: 0, startupMs: 900 }),
        ledgerAnnounce({ number: 1, stalls: 3, stalledMs: 600 }),
      ],
      renditions,
      intervalMs,
    );
    expect(cell?.startupHistogram.indexOf(1)).toBe(7);
    expect(cell?.stallHistogram.slice(0, 3)).toEqual([0, 3, 0]);
  });

  it('has, over all streams, the usual heights and all else as other', () => {
    const cells = expectedCells(
      [
        ledgerAnnounce({ quality: 'hd', cdnBytes: 1 }, { stream: 'cinema' }),
        ledgerAnnounce({ cdnBytes: 2 }),
        ledgerAnnounce({ quality: '720p', cdnBytes: 4 }, { session: 'session-2' }),
        ledgerAnnounce({ quality: 'uhd', cdnBytes: 8 }, { stream: 'cinema', session: 'session-3' }),
      ],
      renditions,
      intervalMs,
    );
    const all = overAllStreams(cells, '*').map(
      ({ stream, quality, viewers, cdnBytes }) => `${stream} ${quality} ${viewers} ${cdnBytes}`,
    );
    expect(all.toSorted()).toEqual(['* 2160p 1 8', '* 720p 1 4', '* other 2 3']);
    expect(groupCells(cells, () => ({ quality: '', stream: '' }))).toHaveLength(1);
  });
});

const cells = expectedCells(
  [
    ledgerAnnounce({ quality: '720p', watchedMs: 30_000, cdnBytes: 100, startupMs: 900 }),
    ledgerAnnounce(
      { quality: '480p', watchedMs: 15_000, stalledMs: 15_000, stalls: 1, peerBytes: 300 },
      { session: 'session-2', browser: 'Safari' },
    ),
  ],
  renditions,
  intervalMs,
);

describe('what Graphite has to have', () => {
  it('is every metric of a stream, at the minute’s start, and those over all streams', () => {
    const points = expectedPoints(cells, 'viblast', intervalMs, true);
    const at = (name: string): number | undefined => points.get(name)?.get(0);
    const base = 'viblast.streams.arena-main';
    expect(at(`${base}.viewers`)).toBe(2);
    expect(at(`${base}.viewers_average`)).toBe(0.75);
    expect(at(`${base}.viewers_by_quality.480p`)).toBe(1);
    expect(at(`${base}.browsers.Safari`)).toBe(1);
    expect(at(`${base}.browsers_by_quality.480p.Safari`)).toBe(1);
    expect(at(`${base}.bytes.cdn`)).toBe(100);
    expect(at(`${base}.bytes_by_quality.480p.p2p`)).toBe(300);
    expect(at(`${base}.stall_ratio`)).toBe(0.25);
    expect(at(`${base}.startup_ms.p50`)).toBe(875);
    expect(at('viblast.total.viewers')).toBe(2);
    expect(expectedPoints(cells, 'viblast', intervalMs, false).has('viblast.total.viewers')).toBe(
      false,
    );
  });
});

describe('what the views have to have', () => {
  it('is derived from the same cells, with nothing where nothing can be divided by', () => {
    const tables = new Map(
      expectedTables([], cells, renditions, intervalMs).map(({ name, rows }) => [name, rows]),
    );
    expect(tables.get('offload')).toEqual([
      { stream: 'arena-main', minute: 0, cdn_bytes: 100, peer_bytes: 300, offload: 0.75 },
    ]);
    expect(tables.get('browser_usage')?.map((row) => row['share'])).toEqual([0.5, 0.5]);
    expect(tables.get('browser_usage_by_quality')?.map((row) => row['share'])).toEqual([1, 1]);
    expect(tables.get('quality_of_experience')?.[0]).toMatchObject({
      stall_ratio: 0.25,
      startups: 1,
      startup_p50_ms: 875,
    });
    const [empty] = expectedTables(
      [],
      expectedCells([ledgerAnnounce({})], renditions, intervalMs),
      renditions,
      intervalMs,
    )
      .filter(({ name }) => name === 'offload')
      .flatMap(({ rows }) => rows);
    expect(empty?.['offload']).toBeNull();
  });
});
