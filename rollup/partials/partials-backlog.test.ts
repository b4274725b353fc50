import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { appendingBy, type LogRecord } from '../../kafka/index.js';
import { codec, topics } from '../../schemas/index.js';
import { announce, testTimes } from '../testing/announces.js';
import { takingProducer, testPartition, testParts, wholeLog } from '../testing/stage-parts.js';
import { PartialsReader } from './partials-reader.js';

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
  let nowMs = 0;
  const parts = testParts({
    producer: appendingBy((topic, partition, records) =>
      topic === topics.partials && !state.isTaking
        ? Promise.reject(new Error('not enough replicas'))
        : takingProducer.append(topic, partition, records),
    ),
    now: () => (nowMs += 1),
    sleep: async () => {
      await nextTurn();
      reader.tick();
    },
  });
  const partition = testPartition(topics.announces, { isOwned: () => state.isOwned });
  const reader = new PartialsReader(partition, wholeLog(1_000), parts);
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
