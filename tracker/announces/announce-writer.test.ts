import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { MemoryLog } from '../testing/memory-log.js';
import { reportOf } from '../testing/reports.js';
import { until } from '../testing/test-viewer.js';
import type { Appended } from '../../kafka/index.js';
import type { ToldAnnounce } from '../../schemas/index.js';
import { AppError } from '../../service/errors.js';
import { TrackerMetrics } from '../metrics.js';
import type { AnsweredAnnounce } from './announce-batcher.js';
import { AnnounceWriter } from './announce-writer.js';
import { announceOf } from './report.js';

const session = {
  stream: 'arena',
  session: Buffer.alloc(16),
  browser: 'Chrome',
  role: 'viewer',
  facets: [],
  viewer: null,
} as const;
const announce = (number: number): ToldAnnounce =>
  announceOf(session, reportOf({ number, time: Date.now() }), [], 'connected');

function newWriter(log: MemoryLog) {
  const answers: AnsweredAnnounce<string>[] = [];
  const lines: string[] = [];
  const say = (_fields: object, message: string): void => void lines.push(message);
  const writer = new AnnounceWriter<string>({
    tracker: 't1',
    recordsVersion: () => 2,
    partitions: 2,
    times: { intervalMs: 60_000, lateMs: 180_000, graceMs: 60_000 },
    batchAnnouncesMax: 3,
    batchWaitMs: 10,
    requestsInFlightMax: 2,
    retryDelayMs: 2,
    retryDelayMsMax: 10,
    partitionQueueBytesMax: 1e6,
    queueBytesMax: 1e6,
    producer: log,
    logger: { debug: say, info: say, warn: say, error: say },
    metrics: new TrackerMetrics(new Registry()),
    now: Date.now,
    onAnswers: (told) => answers.push(...told),
  });
  return { writer, answers, lines };
}

describe('the announce writer', () => {
  it('has so many requests of a partition on the way at once, and the other partition is not held up', async () => {
    const log = new MemoryLog();
    log.isHolding = true;
    const { writer, answers } = newWriter(log);
    for (let number = 0; number < 12; number += 1) writer.add(0, 'viewer', announce(number));
    writer.add(1, 'viewer', announce(12));
    await until(() => log.heldCount === 3, 'two and one requests are on the way');
    expect(answers).toEqual([]);
    log.answerAll();
    expect(await writer.flush(5_000)).toBe(true);
    expect(answers.map(({ number }) => number).sort((a, b) => a - b)).toEqual([
      ...Array(13).keys(),
    ]);
    expect(log.batches.map(({ batch }) => batch.announces.length).sort()).toEqual([1, 3, 3, 3, 3]);
    expect(writer.queueBytes).toBe(0);
  });

  it('says once, not at each attempt, that Kafka does not answer, and goes on trying', async () => {
    const log = new MemoryLog();
    log.isAway = true;
    const { writer, answers, lines } = newWriter(log);
    writer.add(0, 'viewer', announce(0));
    await until(() => log.appends >= 5, 'it has been tried five times');
    expect(lines).toEqual(['a batch of announces is not written yet, trying again']);
    expect(await writer.flush(20)).toBe(false);
    log.isAway = false;
    expect(await writer.flush(5_000)).toBe(true);
    expect(answers).toEqual([{ origin: 'viewer', number: 0, answer: 'acknowledged' }]);
  });

  it('takes no announce that no reader would take, says so once, and takes the others', async () => {
    const { writer, answers, lines } = newWriter(new MemoryLog());
    writer.add(0, 'viewer', announce(0));
    for (const cdnBytes of [0.5, -1, 2 ** 37]) {
      expect(writer.add(0, 'viewer', { ...announce(1), cdnBytes })).toBe('unwritable');
    }
    writer.add(0, 'viewer', announce(2));
    expect(await writer.flush(5_000)).toBe(true);
    expect(answers.map(({ number, answer }) => [number, answer])).toEqual([
      [0, 'acknowledged'],
      [2, 'acknowledged'],
    ]);
    expect(lines).toEqual(['an announce that no reader would take']);
  });

  it('has announces sent again whose batch Kafka refuses for good', async () => {
    class RefusingLog extends MemoryLog {
      override append(): Promise<Appended> {
        return Promise.reject(new AppError('kafka_rejected', 'too large'));
      }
    }
    const { writer, answers, lines } = newWriter(new RefusingLog());
    writer.add(0, 'viewer', announce(7));
    expect(await writer.flush(5_000)).toBe(true);
    expect(answers).toEqual([{ origin: 'viewer', number: 7, answer: 'retry' }]);
    expect(lines).toEqual(['Kafka refuses a batch of announces']);
  });
});
