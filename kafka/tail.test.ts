import { describe, expect, it, jest } from '@jest/globals';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { silentLogger } from '../service/testing/silent-logger.js';
import { KafkaTail } from './tail.js';
import type { LogAdmin } from './types.js';

type Listener = (event: { payload: object }) => void;

/** As much of a kafkajs consumer as a tail uses; batches are handed to it by `give`. */
function setUp(endOffset: number) {
  const listeners = new Map<string, Listener>();
  const seek = jest.fn();
  const resolveOffset = jest.fn();
  let eachBatch: (payload: EachBatchPayload) => Promise<void> = () => Promise.resolve();
  const join = (): void =>
    listeners.get('GROUP_JOIN')?.({ payload: { memberAssignment: { registry: [0] } } });
  const consumer = {
    events: Object.fromEntries(
      ['GROUP_JOIN', 'REBALANCING', 'HEARTBEAT', 'FETCH_START', 'CRASH', 'REQUEST'].map((name) => [
        name,
        name,
      ]),
    ),
    on: (name: string, listener: Listener) => listeners.set(name, listener),
    connect: () => Promise.resolve(),
    subscribe: () => Promise.resolve(),
    run: (config: { eachBatch: typeof eachBatch }) => {
      eachBatch = config.eachBatch;
      join();
      return Promise.resolve();
    },
    seek,
    disconnect: () => Promise.resolve(),
  } as unknown as Consumer;
  const never = (): Promise<never> => Promise.reject(new Error('not asked for'));
  const admin: LogAdmin = {
    offsets: () => Promise.resolve([{ partition: 0, startOffset: 0, endOffset: log.endOffset }]),
    commits: never,
    describeTopic: never,
    createTopic: never,
    leaders: never,
    replicasMissing: never,
    brokerCount: never,
    offsetsAt: never,
    close: () => Promise.resolve(),
  };
  const log = { endOffset };
  const waiting: (() => void)[] = [];
  const lost: string[] = [];
  const offsets: number[] = [];
  const onRecord = jest.fn(({ offset }: { offset: number }) => void offsets.push(offset));
  const tail = new KafkaTail('registry', onRecord, {
    makeConsumer: () => consumer,
    admin,
    logger: silentLogger,
    now: () => 0,
    after: (_delayMs, run) => void waiting.push(run),
    onLost: ({ code }) => lost.push(code),
  });
  const give = async (...given: number[]): Promise<void> => {
    const messages = given.map((offset) => ({
      offset: String(offset),
      timestamp: '1',
      key: null,
      value: null,
    }));
    await eachBatch({
      batch: { messages, highWatermark: String(log.endOffset) },
      isStale: () => false,
      resolveOffset,
    } as unknown as EachBatchPayload);
  };
  return { tail, give, join, log, waiting, lost, seek, resolveOffset, offsets, onRecord };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const soon = new Promise((resolve) => setImmediate(resolve)).then(() => false);
  return Promise.race([promise.then(() => true), soon]);
}

describe('KafkaTail', () => {
  it('has started at once when the log is empty', async () => {
    const { tail } = setUp(0);
    await tail.start();
    await tail.stop();
  });

  it('has started when all that stood in the log was given, gaps of compaction or not', async () => {
    const { tail, give, offsets } = setUp(10);
    const started = tail.start();
    expect(await isSettled(started)).toBe(false);
    await give(0, 1, 5);
    expect(await isSettled(started)).toBe(false);
    await give(9);
    await started;
    expect(offsets).toEqual([0, 1, 5, 9]);
    await tail.stop();
  });

  it('gives each record once, and after a rejoin goes on behind the last one', async () => {
    const { tail, give, join, seek, offsets } = setUp(3);
    const started = tail.start();
    expect(await isSettled(started)).toBe(false);
    await give(0, 1, 2);
    await started;
    join();
    expect(seek).toHaveBeenLastCalledWith({ topic: 'registry', partition: 0, offset: '3' });
    await give(1, 2, 3);
    expect(offsets).toEqual([0, 1, 2, 3]);
    await tail.stop();
  });

  it('goes on after a record that its listener could not take', async () => {
    const { tail, give, offsets, onRecord, resolveOffset } = setUp(0);
    await tail.start();
    onRecord.mockImplementationOnce(() => {
      throw new Error('cannot');
    });
    await give(0, 1);
    expect(offsets).toEqual([1]);
    expect(resolveOffset).toHaveBeenLastCalledWith('1');
    await tail.stop();
  });

  /** Reads five records, and then some of a log that ends before. */
  async function setUpShorter() {
    const parts = setUp(5);
    const started = parts.tail.start();
    await isSettled(started);
    await parts.give(0, 1, 2, 3, 4);
    await started;
    parts.log.endOffset = 3;
    await parts.give(0, 1, 2);
    await parts.give(0, 1, 2);
    return parts;
  }

  it('says that the log is lost where it ends before what was read, and stays so', async () => {
    const { waiting, lost, offsets, tail } = await setUpShorter();
    expect(lost).toEqual([]);
    expect(waiting).toHaveLength(1);
    waiting[0]?.();
    await isSettled(new Promise(() => undefined));
    expect(lost).toEqual(['kafka_log_lost']);
    expect(offsets).toEqual([0, 1, 2, 3, 4]);
    await tail.stop();
  });

  it('takes an earlier end that passes for what a new leader tells', async () => {
    const { waiting, lost, log, give, tail } = await setUpShorter();
    log.endOffset = 5;
    waiting[0]?.();
    await isSettled(new Promise(() => undefined));
    expect(lost).toEqual([]);
    log.endOffset = 2;
    await give(0, 1);
    expect(waiting).toHaveLength(2);
    await tail.stop();
    waiting[1]?.();
    await isSettled(new Promise(() => undefined));
    expect(lost).toEqual([]);
  });
});
