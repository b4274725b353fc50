import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnswerTooLarge, type Column, type RenderRequest } from '../../graphite/index.js';
import { partitionOfStream } from '../../kafka/index.js';
import { portalLimits } from '../limits.js';
import { ClosedReader } from './closed-minutes.js';
import type { StreamGroup } from './group-reading.js';
import { MetricsReader, type RangeMetrics } from './metrics-reader.js';
import type { SeriesChoice } from './series-choice.js';
import type { Values } from './step-values.js';
import { alignedTo, type Steps } from './steps.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startMs = 1_760_000_400_000;
const naming = { prefix: 'v', intervalMs: minuteMs, partialPartitions: 4 };

/** A series by the minute's start; `NaN`: it has no point. */
type Told = (timeMs: number) => number;

let nowMs: number;
let told: Map<string, Told>;
let requests: Omit<RenderRequest, 'withSteps'>[];
let seriesMax: number;
let reader: MetricsReader;

const always =
  (value: number): Told =>
  () =>
    value;

/** graphite-web's patterns. */
function patternOf(target: string): RegExp {
  const part = target
    .replaceAll('.', '\\.')
    .replaceAll('*', '[^.]*')
    .replaceAll(/\{([^}]*)\}/g, (_braces, names: string) => `(${names.replaceAll(',', '|')})`);
  return new RegExp(`^${part}$`);
}

/** A Graphite that has minutes for 30 days, and before only coarser points. */
function columns(request: Omit<RenderRequest, 'withSteps'>) {
  requests.push(request);
  const { fromMs, untilMs } = request;
  const { coarseMs, minutesKeptMs } = portalLimits;
  const stepMs = fromMs < nowMs - minutesKeptMs ? coarseMs : minuteMs;
  const first = Math.ceil(fromMs / stepMs) * stepMs;
  const count = Math.max(0, Math.ceil((untilMs - first) / stepMs));
  const patterns = request.targets.map(patternOf);
  const series: Column[] = [];
  for (const [name, of] of told) {
    if (!patterns.some((pattern) => pattern.test(name))) continue;
    const values = Float64Array.from({ length: count }, (_, index) => of(first + index * stepMs));
    series.push({ name, fromMs: first, stepMs, values });
  }
  if (series.length > seriesMax) return Promise.reject(new AnswerTooLarge('too many series'));
  return Promise.resolve({ series, unreadable: [] });
}

function newReader(): MetricsReader {
  const now = (): number => nowMs;
  const closed = new ClosedReader({ ...naming, columns, now });
  return new MetricsReader({ ...naming, columns, closed, now });
}

const keysOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `stream-${10_000 + index}`);

function groupOf(keys: readonly string[], ownFromMs = 0): StreamGroup {
  return { members: keys.map((stream) => ({ stream, ownFromMs })), knownFromMs: 0, among: keys };
}

const lastHour = (): Steps => alignedTo(minuteMs, nowMs - hourMs, nowMs);
const ofStreams = () =>
  requests.filter(({ targets }) => targets.some((target) => target.includes('.streams.')));

/** Every minute is closed, and a point of several has all of them. */
function tellClosed(): void {
  told.set('v.total.viewers', always(1));
  for (let partition = 0; partition < naming.partialPartitions; partition += 1) {
    told.set(`v.progress.${partition}.closed`, always(10));
  }
}

const firstPage: SeriesChoice = new Set([
  ...([
    'viewers',
    'viewersAverage',
    'cdnBytes',
    'peerBytes',
    'stallRatio',
    'startupP50Ms',
  ] as const),
  ...(['bitrateKbps', 'viewsBegun', 'startsFailed', 'cdnByReason'] as const),
]);

beforeEach(() => {
  nowMs = startMs;
  told = new Map();
  requests = [];
  seriesMax = 20_000;
  reader = newReader();
  tellClosed();
});

describe('the figures of a thousand streams together', () => {
  const keys = keysOf(1_000);
  const metrics = ['viewers', 'viewers_average', 'bytes.cdn', 'bytes.p2p', 'stall_ratio'];

  beforeEach(() => {
    for (const key of keys) {
      for (const metric of metrics) told.set(`v.streams.${key}.${metric}`, always(0.5));
    }
  });

  it('are read in a handful of requests, and what is new of them in one or two', async () => {
    const all = Array<number>(60).fill(500);
    const { series } = await reader.groupRange(groupOf(keys), lastHour(), firstPage);
    expect([series.viewers, series.stallRatio[0]]).toEqual([all, 0.5]);
    expect(ofStreams().length).toBeLessThanOrEqual(5);
    requests = [];
    nowMs += minuteMs;
    const next = await reader.groupRange(groupOf(keys), lastHour(), firstPage);
    expect(next.series.viewers).toEqual(all);
    expect(ofStreams().length).toBeLessThanOrEqual(2);
    const finishedMs = startMs - portalLimits.finishedAfterMs;
    expect(ofStreams().every(({ fromMs }) => fromMs === finishedMs)).toBe(true);
  });

  it('are read anew once another stream belongs to them', async () => {
    await reader.groupRange(groupOf(keys.slice(1)), lastHour(), firstPage);
    nowMs += minuteMs;
    const { series } = await reader.groupRange(groupOf(keys), lastHour(), firstPage);
    expect(series.viewers).toEqual(Array(60).fill(500));
  });

  it('are asked for in halves where they are too much for one answer', async () => {
    seriesMax = 700;
    const { series } = await reader.groupRange(groupOf(keys), lastHour(), firstPage);
    expect(series.cdnBytes).toEqual(Array(60).fill(500));
    seriesMax = 1;
    const minute = alignedTo(minuteMs, nowMs - minuteMs, nowMs);
    const refused = reader.groupRange(groupOf(keys), minute, firstPage);
    await expect(refused).rejects.toThrow('too many series');
  });

  it('are shared for a while that is long beside their reading', async () => {
    const group = groupOf(keys);
    for (const key of keys) {
      told.set(`v.streams.${key}.viewers`, () => {
        // Each of ten streams takes a millisecond.
        nowMs += 1 / 600;
        return 1;
      });
    }
    const steps = lastHour();
    await reader.groupRange(group, steps, firstPage);
    const tookMs = nowMs - startMs;
    expect(tookMs).toBeGreaterThan(60);
    requests = [];
    nowMs += 9 * tookMs;
    await reader.groupRange(group, steps, firstPage);
    expect(ofStreams()).toEqual([]);
    nowMs += 1_000;
    await reader.groupRange(group, steps, firstPage);
    expect(ofStreams()).not.toEqual([]);
  });
});

describe('the figures of a group', () => {
  const keys = keysOf(2);

  beforeEach(() => {
    for (const key of keys) told.set(`v.streams.${key}.viewers`, always(3));
  });

  it('come from coarse points in long steps that are over, and from minutes since', async () => {
    const stepMs = 30 * minuteMs;
    nowMs = Math.ceil(startMs / stepMs) * stepMs + 25 * minuteMs;
    const steps = alignedTo(stepMs, nowMs - 20 * 24 * hourMs, nowMs);
    const { series } = await reader.groupRange(groupOf(keys), steps);
    const count = (steps.untilMs - steps.fromMs) / stepMs;
    expect(series.viewers).toEqual([...Array<number>(count - 1).fill(6), null]);
    requests = [];
    nowMs += 6 * minuteMs;
    const next = alignedTo(stepMs, nowMs - 20 * 24 * hourMs, nowMs);
    await reader.groupRange(groupOf(keys), next);
    expect(ofStreams().every(({ fromMs }) => fromMs > nowMs - hourMs)).toBe(true);
  });

  it('come in coarser steps where Graphite has no finer points', async () => {
    const untilMs = nowMs - 31 * 24 * hourMs;
    const steps = alignedTo(minuteMs, untilMs - hourMs, untilMs);
    const { stepMs, series } = await reader.groupRange(groupOf(keys), steps);
    expect(stepMs).toBe(portalLimits.coarseMs);
    expect(new Set(series.viewers)).toEqual(new Set([6]));
  });

  it('are not kept as long as what is finished is not known', async () => {
    const untilMs = nowMs - hourMs / 2;
    const before =
      (value: number): Told =>
      (timeMs) =>
        timeMs < untilMs ? value : NaN;
    for (const key of keys) {
      const partition = partitionOfStream(key, naming.partialPartitions);
      told.set(`v.progress.${partition}.closed`, before(1));
      told.set(`v.streams.${key}.viewers`, before(3));
    }
    const { series } = await reader.groupRange(groupOf(keys), lastHour());
    expect(series.viewers).toEqual([...Array<number>(30).fill(6), ...Array<null>(30).fill(null)]);
    tellClosed();
    nowMs += minuteMs;
    const next = await reader.groupRange(groupOf(keys), lastHour());
    expect(next.series.viewers).not.toContain(null);
  });
});

describe('what streams have together', () => {
  const keys = keysOf(5);
  const minutes = 6;
  const point = fc.oneof(fc.constant(NaN), fc.integer({ min: 0, max: 9 }));
  const column = fc.array(point, { minLength: minutes, maxLength: minutes });
  const sums = ['viewers', 'viewers_average', 'bytes.cdn', 'stalled_ms', 'played_bitrate_ms'];
  const metrics = [...sums, 'startup_ms.p50', 'stall_ratio', 'bitrate_kbps', 'played_bits'];
  const named = ['viewers_by_quality.720p', 'viewers_by_quality.360p', 'bytes_by_quality.720p.p2p'];
  const ofStream = fc.record(
    Object.fromEntries([...metrics, ...named].map((metric) => [metric, column])),
    { requiredKeys: [] },
  );
  const closed = fc.array(column, { minLength: 4, maxLength: 4 });

  it('is what each of them tells, added up', async () => {
    const streams = fc.array(ofStream, { minLength: keys.length, maxLength: keys.length });
    await fc.assert(
      fc.asyncProperty(streams, closed, async (all, progress) => {
        const steps = alignedTo(minuteMs, nowMs - minutes * minuteMs, nowMs);
        const at =
          (values: readonly number[]): Told =>
          (timeMs) =>
            values[(timeMs - steps.fromMs) / minuteMs] ?? NaN;
        told = new Map([['v.total.viewers', always(1)]]);
        for (const [partition, values] of progress.entries()) {
          told.set(`v.progress.${partition}.closed`, at(values.map((one) => (one > 4 ? 1 : NaN))));
        }
        for (const [index, series] of all.entries()) {
          for (const [metric, values = []] of Object.entries(series)) {
            told.set(`v.streams.${keys[index] ?? ''}.${metric}`, at(values));
          }
        }
        reader = newReader();
        const group = await reader.groupRange(groupOf(keys), steps);
        const single = keys.map((stream) =>
          reader.range({ stream, knownFromMs: 0, ownFromMs: 0 }, steps),
        );
        const ranges = await Promise.all(single);
        expectAdded(group, ranges);
      }),
      { numRuns: 15 },
    );
  });
});

/** Where one of them isn't known, neither is the sum. */
const sumAt = (all: readonly Values[], step: number): number | null =>
  all.reduce<number | null>((sum, values) => {
    const value = values[step] ?? null;
    return sum === null || value === null ? null : sum + value;
  }, 0);

const added = [
  ...(['viewers', 'viewersAverage', 'cdnBytes', 'peerBytes'] as const),
  ...(['stalledMs', 'playedBits', 'playedBitrateMs'] as const),
];

function expectAdded({ series }: RangeMetrics, ranges: readonly RangeMetrics[]): void {
  const all = ranges.map((range) => range.series);
  const none = all.map(({ viewers }) => viewers.map((one) => (one === null ? null : 0)));
  for (const step of series.viewers.keys()) {
    const ofAll = (name: (typeof added)[number]): number | null =>
      sumAt(
        all.map((of) => of[name]),
        step,
      );
    for (const name of added) expect(series[name][step]).toBe(ofAll(name));
    const quotient = (part: number | null, whole: number | null): number | null =>
      part === null || whole === null || whole === 0 ? null : part / whole;
    const stalledMs = ofAll('stalledMs');
    const average = ofAll('viewersAverage');
    const allMs = stalledMs === null || average === null ? null : stalledMs + average * minuteMs;
    expect(series.stallRatio[step]).toBe(quotient(stalledMs, allMs));
    const bitrate = quotient(ofAll('playedBits'), ofAll('playedBitrateMs'));
    expect(series.bitrateKbps[step]).toBe(bitrate);
    for (const [quality, values] of Object.entries(series.viewersByQuality)) {
      const own = all.map((of) => of.viewersByQuality[quality] ?? []);
      const known = own.map((of, index) => (of.length === 0 ? (none[index] ?? []) : of));
      expect(values[step]).toBe(sumAt([...known, ...none], step));
    }
    for (const [quality, { cdnBytes, peerBytes }] of Object.entries(series.bytesByQuality)) {
      const own = all.map((of) => of.bytesByQuality[quality]);
      const known = own.map((of, index) => of?.cdnBytes ?? none[index] ?? []);
      expect(cdnBytes[step]).toBe(sumAt([...known, ...none], step));
      const peers = own.map((of, index) => of?.peerBytes ?? none[index] ?? []);
      expect(peerBytes[step]).toBe(sumAt([...peers, ...none], step));
    }
    const p50 = all.map((of) => of.startupP50Ms[step] ?? null).filter((one) => one !== null);
    const isKnown = sumAt(none, step) !== null;
    expect(series.startupP50Ms[step]).toBe(isKnown && p50.length === 1 ? p50[0] : null);
  }
  const qualities = new Set(all.flatMap((of) => Object.keys(of.viewersByQuality)));
  expect(new Set(Object.keys(series.viewersByQuality))).toEqual(qualities);
}
