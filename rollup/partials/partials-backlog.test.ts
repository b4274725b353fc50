import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { LogProducer, LogRecord, OwnedPartition } from '../../kafka/index.js';
import { codec, topics } from '../../schemas/index.js';
import { RateLimitedLog } from '../../service/logs.js';
import { createRollupMetrics } from '../metrics.js';
import { announce, testTimes } from '../testing/announces.js';
import { PartialsReader } from './partials-reader.js';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** An announce of the minute, in time; a later minute's lets time pass. */
function backlogRecord(minute: number): LogRecord {
  const time = minute * testTimes.intervalMs;
  const value = codec().encode('AnnounceBatch', {
    tracker: 't',
    written: time,
    announces: [announce({ time })],
  });
  return { partition: 0, offset: minute, logAppendTimeMs: time, key: null, value };
}

/** What the test says of Kafka and of the group. */
const state = { isTaking: false, isOwned: true };

/** A reader of a backlog whose partials Kafka doesn't take before `isTaking` is true. */
function startReader(): PartialsReader {
  state.isTaking = false;
  state.isOwned = true;
  const producer: LogProducer = {
    append: (topic, partition) =>
      topic === topics.partials && !state.isTaking
        ? Promise.reject(new Error('not enough replicas'))
        : Promise.resolve({ partition, baseOffset: 1_000, logAppendTimeMs: 0 }),
    close: () => Promise.resolve(),
  };
  const partition: OwnedPartition = {
    topic: topics.announces,
    partition: 0,
    generation: 1,
    isOwned: () => state.isOwned,
    commit: () => Promise.resolve(true),
    pause: () => undefined,
    resume: () => undefined,
  };
  let nowMs = 0;
  const reader = new PartialsReader(
    partition,
    { kind: 'beginning', offset: 0, reason: 'no_commit', endOffset: 1_000 },
    {
      cluster: {
        ...testTimes,
        revision: 1,
        partitions: 1,
        partialPartitions: 2,
        takeoverMs: 15_000,
        replicationFactor: 1,
        minInsyncReplicas: 1,
      },
      producer,
      node: 'rollup',
      now: () => (nowMs += 1),
      sleep: async () => {
        await nextTurn();
        reader.tick();
      },
      logger: silent,
      rateLimited: new RateLimitedLog(() => 0),
      metrics: createRollupMetrics(new Registry()),
    },
  );
  return reader;
}

interface Reading {
  readonly minutesRead: number;
  /** The read that didn't end; undefined when all did. */
  readonly held: Promise<void> | undefined;
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
}

/** Reads minute after minute for as long as each read ends within some turns. */
async function readWhileItGoesOn(reader: PartialsReader, minutes: number): Promise<Reading> {
  for (let minute = 0; minute < minutes; minute += 1) {
    const reading = reader.read([backlogRecord(minute)]);
    const isRead = await Promise.race([reading.then(() => true), someTurns().then(() => false)]);
    if (!isRead) return { minutesRead: minute, held: reading };
  }
  return { minutesRead: minutes, held: undefined };
}

// Ends what a reader still tries.
afterEach(() => {
  state.isOwned = false;
});

describe('a backlog of announces', () => {
  it('is not read on while Kafka takes no partials of what was read, until it takes them', async () => {
    const reader = startReader();
    const { minutesRead, held } = await readWhileItGoesOn(reader, 100);
    expect(minutesRead).toBeLessThan(30);
    expect(reader.openMinutes).toBeLessThan(30);
    state.isTaking = true;
    await held;
    expect(reader.openMinutes).toBeLessThan(10);
  });

  it('is read to its end when Kafka takes them, and final minutes are dropped on the way', async () => {
    const reader = startReader();
    state.isTaking = true;
    expect(await readWhileItGoesOn(reader, 100)).toEqual({ minutesRead: 100, held: undefined });
    expect(reader.openMinutes).toBeLessThan(30);
  });

  it('does not hold a reader whose partition went to another owner', async () => {
    const reader = startReader();
    const { held } = await readWhileItGoesOn(reader, 100);
    expect(held).toBeDefined();
    state.isOwned = false;
    await held;
  });
});
