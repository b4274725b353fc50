import { afterEach, describe, expect, it } from '@jest/globals';
import { consume, until, stopConsumers } from './testing/consume.js';
import {
  createErrorFromCode,
  KafkaJSOffsetOutOfRange,
  offsetOutOfRange,
  notLeader,
  coordinatorLoading,
  rebalanceInProgress,
  topic,
  FakeKafka,
} from './testing/fake-kafka.js';

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

afterEach(stopConsumers);

describe('KafkaGroupConsumer over kafkajs’s own consumer', () => {
  it('begins at the commit, with its metadata, and reads to the end', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 10);
    kafka.commits.set(0, { partition: 0, offset: 4, metadata: 'ours 4' });
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 6);
    expect(of(0)[0]?.start).toEqual({
      kind: 'committed',
      offset: 4,
      metadata: 'ours 4',
      endOffset: 10,
    });
    expect(of(0)[0]?.offsets).toEqual(range(4, 10));
    expect(of(0)).toHaveLength(1);
  });

  it('opens no partition beyond those that are used, whoever shared them out', async () => {
    const kafka = new FakeKafka();
    kafka.assignment = [0, 1];
    kafka.lengths.set(0, 3);
    kafka.lengths.set(1, 3);
    const { consumer, of } = consume(kafka, undefined, { partitions: 1 });
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3);
    expect([consumer.owned(), of(1)]).toEqual([[0], []]);
  });

  it('joins anew where the clock is set back, by which kafkajs would send no heartbeat', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 1);
    let nowMs = 3_600_000;
    const { consumer, of } = consume(kafka, undefined, { now: () => nowMs });
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 1);
    nowMs = 1_000;
    await until(() => kafka.joinedAs.length === 2);
  });

  it('looks for a coordinator that is silent anew, and joins again as the same member', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 1);
    kafka.onFetch = () => {
      kafka.lengths.set(0, (kafka.lengths.get(0) ?? 0) + 1);
      return Promise.resolve(undefined);
    };
    let nowMs = 0;
    const { consumer, of } = consume(kafka, undefined, { now: () => nowMs, retries: 10_000 });
    await consumer.start();
    await until(() => (of(0)[0]?.offsets.length ?? 0) > 3);
    const beats = kafka.heartbeats;
    kafka.onHeartbeat = () => {
      if (kafka.joinedAs.length === 1) throw new Error('Connection error: refused');
    };
    await until(() => kafka.heartbeats > beats + 3);
    expect(kafka.joinedAs).toEqual(['']);
    nowMs += 7_000;
    // That alone may have been a pause of this process: another heartbeat is tried first.
    const beatsBefore = kafka.heartbeats;
    await until(() => kafka.heartbeats > beatsBefore + 1);
    expect(kafka.joinedAs).toEqual(['']);
    nowMs += 1_500;
    await until(() => kafka.joinedAs.length === 2);
    expect(kafka.joinedAs).toEqual(['', 'me']);
    expect(of(0)[0]?.isClosed).toBe(true);
    await until(() => (of(0)[1]?.offsets.length ?? 0) > 3);
    expect(kafka.joinedAs).toHaveLength(2);
  });

  it('joins again when kafkajs goes on fetching though it was never told its assignment', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 1);
    kafka.onFetch = () => {
      kafka.lengths.set(0, (kafka.lengths.get(0) ?? 0) + 1);
      return Promise.resolve(undefined);
    };
    let nowMs = 0;
    const { consumer, of } = consume(kafka, undefined, { now: () => nowMs, retries: 10_000 });
    await consumer.start();
    await until(() => (of(0)[0]?.offsets.length ?? 0) > 3);
    kafka.onHeartbeat = () => {
      if (kafka.joinedAs.length === 1) throw createErrorFromCode(rebalanceInProgress);
    };
    kafka.onSync = () => {
      if (kafka.joinedAs.length === 2) throw new Error('SyncGroup timed out');
    };
    await until(() => kafka.joinedAs.length === 2);
    const fetched = kafka.fetches.length;
    await until(() => kafka.fetches.length > fetched + 3);
    expect(of(0)).toHaveLength(1);
    expect(of(0)[0]?.isClosed).toBe(true);
    nowMs += 5_000;
    const fetchedLater = kafka.fetches.length;
    await until(() => kafka.fetches.length > fetchedLater + 3);
    nowMs += 7_000;
    await until(() => (of(0)[1]?.offsets.length ?? 0) > 3);
    expect(of(0)[1]?.isClosed).toBe(false);
  });

  it('fetches nothing until the positions are known', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 5);
    kafka.commits.set(0, { partition: 0, offset: 2, metadata: 'ours' });
    let know: () => void = () => undefined;
    kafka.positionsKnown = new Promise((resolve) => (know = resolve));
    const { consumer, of } = consume(kafka);
    await consumer.start();
    const beats = kafka.heartbeats;
    await until(() => kafka.heartbeats > beats + 2);
    expect(kafka.fetches).toEqual([]);
    expect(of(0)).toEqual([]);
    know();
    await until(() => of(0)[0]?.offsets.length === 3);
    expect(of(0)[0]?.offsets).toEqual([2, 3, 4]);
  });

  it('tells which partitions cannot be read yet, and why, until they can', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 5);
    let fail: (error: Error) => void = () => undefined;
    kafka.positionsKnown = new Promise((_, reject) => (fail = reject));
    const { consumer, of, waiting } = consume(kafka);
    await consumer.start();
    expect([...waiting]).toEqual([[0, 'its commit and where its log ends are not known yet']]);
    fail(new Error('no leader'));
    await until(() => waiting.get(0) === 'its commit cannot be loaded: no leader');
    expect(consumer.owned()).toEqual([0]);
    kafka.positionsKnown = Promise.resolve();
    await until(() => of(0)[0]?.offsets.length === 5);
    expect([...waiting]).toEqual([]);
  });

  it('begins again from the commit, with a new reader, when the fetch position jumped forward', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 12);
    kafka.commits.set(0, { partition: 0, offset: 1, metadata: 'ours' });
    let jumps = 1;
    kafka.onFetch = ({ fetchOffset }) =>
      Promise.resolve(fetchOffset === '4' && jumps-- > 0 ? 8 : undefined);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0).at(-1)?.offsets.length === 11);
    expect(of(0).map(({ offsets }) => offsets)).toEqual([range(1, 4), range(1, 12)]);
    expect(of(0)[0]?.isClosed).toBe(true);
    expect(of(0)[1]?.partition.generation).toBeGreaterThan(of(0)[0]?.partition.generation ?? 0);
  });

  it('drops a batch of an earlier generation that arrives after a rejoin', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 9);
    kafka.lengths.set(1, 0);
    kafka.commits.set(0, { partition: 0, offset: 2, metadata: 'ours' });
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    kafka.onFetch = async ({ fetchOffset }) => {
      if (fetchOffset === '5' && kafka.generation === 1) await held;
      return undefined;
    };
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => kafka.fetches.some(({ fetchOffset }) => fetchOffset === '5'));
    // The other node's fetcher meets the rebalance; kafkajs waits for the held fetch, then joins
    // again.
    let rebalances = 1;
    kafka.onHeartbeat = () => {
      if (rebalances-- > 0) throw createErrorFromCode(rebalanceInProgress);
    };
    await until(() => rebalances < 1);
    answer();
    await until(() => of(0).at(-1)?.offsets.length === 7);
    expect(of(0).at(-1)?.offsets).toEqual(range(2, 9));
    expect(kafka.generation).toBe(2);
    expect(of(0)[0]?.isClosed).toBe(true);
  });

  it('takes the −2 that kafkajs commits when it is out of range for no commit', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 8);
    kafka.commits.set(0, { partition: 0, offset: 5, metadata: 'ours' });
    let failures = 1;
    kafka.onFetch = ({ partition }) => {
      if (failures-- > 0) {
        return Promise.reject(
          new KafkaJSOffsetOutOfRange(createErrorFromCode(offsetOutOfRange), { topic, partition }),
        );
      }
      return Promise.resolve(undefined);
    };
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3);
    expect(kafka.sentCommits).toMatchObject([{ offset: -2 }]);
    expect(of(0)[0]?.offsets).toEqual([5, 6, 7]);
    const next = consume(kafka);
    await next.consumer.start();
    await until(() => next.of(0)[0]?.offsets.length === 8);
    expect(next.of(0)[0]?.start).toMatchObject({
      kind: 'beginning',
      reason: 'no_commit',
      offset: 0,
    });
  });

  it('commits nothing for a partition that it has lost', async () => {
    const kafka = new FakeKafka();
    kafka.assignment = [0, 1];
    kafka.lengths.set(0, 3);
    kafka.lengths.set(1, 3);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3 && of(1)[0]?.offsets.length === 3);
    await expect(of(0)[0]?.partition.commit(3, 'ours')).resolves.toBe(true);
    kafka.assignment = [1];
    let rebalances = 1;
    kafka.onHeartbeat = () => {
      if (rebalances-- > 0) throw createErrorFromCode(rebalanceInProgress);
    };
    await until(() => kafka.generation === 2 && of(1).length === 2);
    expect(consumer.owned()).toEqual([1]);
    expect(of(0)[0]?.partition.isOwned()).toBe(false);
    await expect(of(0)[0]?.partition.commit(2, 'ours')).resolves.toBe(false);
    expect(kafka.sentCommits).toEqual([{ generation: 1, partition: 0, offset: 3 }]);
  });

  it('leaves it to the caller to send a failed commit again: kafkajs would do it with the next generation', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 3);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3);
    kafka.onCommit = () => {
      throw createErrorFromCode(coordinatorLoading);
    };
    await expect(of(0)[0]?.partition.commit(3, 'ours')).rejects.toMatchObject({
      code: 'kafka_unavailable',
      retryable: true,
    });
    expect(kafka.sentCommits).toHaveLength(1);
    kafka.onCommit = () => {
      throw createErrorFromCode(rebalanceInProgress);
    };
    await expect(of(0)[0]?.partition.commit(3, 'ours')).resolves.toBe(false);
  });

  it('ends its readings before it joins again, also when kafkajs rejoins without a word', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 3);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3);
    let join: () => void = () => undefined;
    kafka.mayJoin = new Promise((resolve) => (join = resolve));
    let failures = 1;
    kafka.onFetch = () =>
      failures-- > 0 ? Promise.reject(createErrorFromCode(notLeader)) : Promise.resolve(undefined);
    await until(() => of(0)[0]?.isClosed === true);
    expect(consumer.owned()).toEqual([]);
    expect(kafka.generation).toBe(1);
    join();
    await until(() => of(0)[1]?.offsets.length === 3);
  });

  it('keeps its place in the group and reads other partitions while one reader is slow', async () => {
    const kafka = new FakeKafka();
    kafka.assignment = [0, 1];
    kafka.lengths.set(0, 6);
    kafka.lengths.set(1, 6);
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const { consumer, of } = consume(kafka, ({ partition }) =>
      partition.partition === 0 ? slow : Promise.resolve(),
    );
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3 && of(1)[0]?.offsets.length === 6);
    const beats = kafka.heartbeats;
    kafka.lengths.set(1, 9);
    await until(() => of(1)[0]?.offsets.length === 9 && kafka.heartbeats > beats + 3);
    finish();
    await until(() => of(0)[0]?.offsets.length === 6);
    expect(of(0)[0]?.offsets).toEqual(range(0, 6));
  });

  it('begins again from the commit when a reader fails', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 3);
    let failures = 1;
    const { consumer, of } = consume(kafka, () =>
      failures-- > 0 ? Promise.reject(new Error('cannot')) : Promise.resolve(),
    );
    await consumer.start();
    await until(() => of(0)[1]?.offsets.length === 3);
    expect(of(0).map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });

  it('makes a new consumer after one that crashed for good', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 3);
    let failures = 1;
    kafka.onFetch = () =>
      failures-- > 0
        ? Promise.reject(new TypeError('a codec that nobody has registered'))
        : Promise.resolve(undefined);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0).at(-1)?.offsets.length === 3);
    expect(kafka.generation).toBe(2);
    expect(consumer.owned()).toEqual([0]);
  });
});
