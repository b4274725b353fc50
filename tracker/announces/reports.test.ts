import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { ToldAnnounce } from '../../schemas/index.js';
import { TrackerMetrics } from '../metrics.js';
import { reportOf, told as toldReports } from '../testing/reports.js';
import { testRates, testStream } from '../testing/test-parts.js';
import type { AnsweredAnnounce, QueueRefusal } from './announce-batcher.js';
import type { Report } from './report.js';
import { Reports, tellAnswers } from './reports.js';
import { SessionBudget } from './session-budget.js';

const nowMs = 1_700_000_000_000;
const times = { intervalMs: 60_000, lateMs: 180_000, graceMs: 60_000 };
const session = {
  stream: 'arena',
  session: Buffer.alloc(16, 1),
  browser: 'Edge',
  role: 'viewer',
  facets: [],
  viewer: null,
  partition: 3,
} as const;
const stream = testStream('arena');
const standing = { isAlone: false, isWithoutPeers: false, wantsNone: false };

/** Reports of one session, with a queue that takes all but what `refusals` names. */
function newReports(refusals: ReadonlyMap<number, QueueRefusal> = new Map()) {
  const registry = new Registry();
  const queued: { partition: number; origin: Reports; announce: ToldAnnounce }[] = [];
  const told: string[] = [];
  const reports = new Reports(
    {
      queue: {
        add: (partition, origin, announce) => {
          const refusal = refusals.get(announce.number);
          if (refusal === undefined) queued.push({ partition, origin, announce });
          return refusal;
        },
      },
      times,
      metrics: new TrackerMetrics(registry),
    },
    { ...session, budget: new SessionBudget(testRates, nowMs) },
    {
      acknowledged: (numbers) => told.push(`acknowledged ${numbers.join()}`),
      refused: (reason, numbers) => told.push(`refused ${reason} ${numbers.join()}`),
      putOff: (code, numbers) => told.push(`put off ${code} ${numbers.join()}`),
      settled: () => told.push('settled'),
    },
  );
  return { reports, queued, told, registry };
}

const at = (number: number, time = nowMs): Report => reportOf({ number, time });

function answerOf(
  origin: Reports,
  number: number,
  answer: AnsweredAnnounce<Reports>['answer'],
): AnsweredAnnounce<Reports> {
  return { origin, number, answer };
}

describe("a session's reports", () => {
  it('go into the partition of their session, as the stream has its qualities, and say nothing yet', () => {
    const { reports, queued, told } = newReports();
    const renditions = ['720p'];
    reports.add(
      toldReports(
        { ...at(0), quality: '720p' },
        { ...at(1), quality: '360p' },
        { ...at(2), quality: 'x'.repeat(33) },
        { ...at(3), quality: null },
      ),
      testStream('arena', { renditions }),
      standing,
      nowMs,
    );
    expect(told).toEqual([]);
    expect(reports.unanswered).toBe(4);
    expect(queued.map(({ partition, origin }) => [partition, origin])).toEqual([
      [3, reports],
      [3, reports],
      [3, reports],
      [3, reports],
    ]);
    expect(queued.map(({ announce }) => announce)).toMatchObject([
      {
        stream: 'arena',
        session: session.session,
        browser: 'Edge',
        role: 'viewer',
        number: 0,
        quality: '720p',
      },
      { number: 1, quality: 'other' },
      { number: 2, quality: 'other' },
      { number: 3, quality: 'unknown' },
    ]);
  });

  it('have at least as many errors as they have of all kinds together', () => {
    const { reports, queued } = newReports();
    const kinds = { errorsNetwork: 1, errorsMedia: 2, errorsDrm: 3, errorsPlayer: 4 };
    const errors = [0, 10, 11];
    const those = errors.map((count, number) => ({ ...at(number), ...kinds, errors: count }));
    reports.add(toldReports(...those, at(3)), stream, standing, nowMs);
    expect(queued.map(({ announce }) => announce.errors)).toEqual([10, 10, 11, 0]);
    expect(queued[0]?.announce).toMatchObject(kinds);
  });

  it('are refused by their own times, each reason told once, and the others taken', () => {
    const { reports, queued, told } = newReports();
    const { oldest, ahead } = { oldest: nowMs - 120_000, ahead: nowMs + 30_000 };
    reports.add(
      toldReports(at(0, oldest - 1), at(1, oldest), at(2, ahead + 1), at(3, ahead), at(4, 0)),
      stream,
      standing,
      nowMs,
    );
    expect(told).toEqual(['refused too_old 0,4', 'refused ahead 2']);
    expect(queued.map(({ announce }) => announce.number)).toEqual([1, 3]);
    expect(reports.unanswered).toBe(2);
  });

  it.each([
    ['is archived', testStream('arena', { isArchived: true })],
    ['is gone', undefined],
  ])('are refused while the stream %s', (_why, gone) => {
    const { reports, queued, told } = newReports();
    reports.add(toldReports(at(0), at(1, 0)), gone, standing, nowMs);
    expect(told).toEqual(['refused archived 0,1']);
    expect(queued).toEqual([]);
    expect(reports.unanswered).toBe(0);
  });

  it('are put off where the queue has no room, by its reason, and not waited for', () => {
    const refusals = new Map([
      [1, 'overloaded' as const],
      [2, 'kafka_unavailable' as const],
      [3, 'overloaded' as const],
    ]);
    const { reports, told } = newReports(refusals);
    reports.add(toldReports(at(0), at(1), at(2), at(3)), stream, standing, nowMs);
    expect(told).toEqual(['put off overloaded 1,3', 'put off kafka_unavailable 2']);
    expect(reports.unanswered).toBe(1);
  });

  it('are told what the log answered, each kind once, and when nothing waits any more', () => {
    const { reports, told } = newReports();
    reports.add(toldReports(at(0), at(1), at(2), at(3), at(4)), stream, standing, nowMs);
    reports.answered([
      answerOf(reports, 0, 'retry'),
      answerOf(reports, 1, 'late'),
      answerOf(reports, 2, 'acknowledged'),
      answerOf(reports, 3, 'acknowledged'),
    ]);
    expect(told).toEqual(['acknowledged 2,3', 'refused late 1', 'put off kafka_unavailable 0']);
    expect(reports.unanswered).toBe(1);
    reports.answered([answerOf(reports, 4, 'acknowledged')]);
    expect(told.slice(3)).toEqual(['acknowledged 4', 'settled']);
    expect(reports.unanswered).toBe(0);
  });

  it('are refused where they can’t be true, by themselves or after what was told before', () => {
    const { reports, queued, told } = newReports();
    const windowBytes = testRates.windowMs * testRates.mbpsMax * 125;
    reports.add(
      {
        reports: [
          { ...at(1), cdnBytes: windowBytes / 2 },
          { ...at(2), cdnBytes: windowBytes / 2, peerBytes: 1 },
          { ...at(3), peerBytes: windowBytes / 2 },
          { ...at(4), peerBytes: 1 },
        ],
        implausible: [0],
        tooMany: [],
      },
      stream,
      standing,
      nowMs,
    );
    expect(told).toEqual(['refused implausible 0,2,4']);
    expect(queued.map(({ announce }) => announce.number)).toEqual([1, 3]);
    expect(reports.unanswered).toBe(2);
  });

  it('are put off where more came together than may', () => {
    const { reports, told } = newReports();
    reports.add({ reports: [], implausible: [], tooMany: [64, 65] }, stream, standing, nowMs);
    expect(told).toEqual(['put off too_many_announces 64,65']);
    expect(reports.unanswered).toBe(0);
  });

  it('cost nothing while they are put off', () => {
    const { reports, told } = newReports(new Map([[0, 'overloaded']]));
    const report = (number: number) => ({ ...at(number), watchedMs: testRates.windowMs });
    for (let count = 0; count < 5; count += 1)
      reports.add(toldReports(report(0)), stream, standing, nowMs);
    reports.add(toldReports(report(1)), stream, standing, nowMs);
    expect(told).toEqual(Array(5).fill('put off overloaded 0'));
    expect(reports.unanswered).toBe(1);
  });

  it('tell of one start-up, and again of the same', () => {
    const { reports, queued } = newReports();
    const starts = [at(0), { ...at(1), startupMs: 800 }, { ...at(2), startupMs: 90_000 }];
    reports.add(toldReports(...starts), stream, standing, nowMs);
    reports.add(toldReports(...starts), stream, standing, nowMs);
    const startups = queued.map(({ announce }) => announce.startupMs);
    expect(startups).toEqual([null, 800, null, null, 800, null]);
    // Its number again, in another minute.
    reports.add(toldReports({ ...at(1, nowMs - 60_000), startupMs: 800 }), stream, standing, nowMs);
    expect(queued.at(-1)?.announce.startupMs).toBeNull();
  });

  it('get their own answers of a batch, in one go', () => {
    const one = newReports();
    const other = newReports();
    one.reports.add(toldReports(at(0), at(1)), stream, standing, nowMs);
    other.reports.add(toldReports(at(0)), stream, standing, nowMs);
    tellAnswers([
      answerOf(one.reports, 0, 'acknowledged'),
      answerOf(other.reports, 0, 'acknowledged'),
      answerOf(one.reports, 1, 'acknowledged'),
    ]);
    expect(one.told).toEqual(['acknowledged 0,1', 'settled']);
    expect(other.told).toEqual(['acknowledged 0', 'settled']);
  });

  it('are counted when they come and when they are answered', async () => {
    const { reports, registry } = newReports(new Map([[2, 'overloaded']]));
    reports.add(toldReports(at(0), at(1, 0), at(2)), stream, standing, nowMs);
    reports.answered([answerOf(reports, 0, 'acknowledged')]);
    const text = await registry.metrics();
    for (const line of [
      'announces_received_total 3',
      'announces_acknowledged_total 1',
      'announces_refused_total{reason="too_old"} 1',
      'announces_put_off_total{code="overloaded"} 1',
    ]) {
      expect(text).toContain(`viblast_tracker_${line}\n`);
    }
  });
});
