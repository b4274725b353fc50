import { createRequire } from 'node:module';
import { describe, expect, it, jest } from '@jest/globals';
import type { Producer } from 'kafkajs';
import { silentLogger } from '../service/testing/silent-logger.js';
import { PlainProducer } from './producer.js';

/**
 * kafkajs's real producer over a cluster of plain objects, so that a broker can misbehave in the
 * ways that a real one does only when leaders move at the wrong moment. kafkajs has no types for
 * its inside.
 */
const require = createRequire(import.meta.url);
const createProducer = require('kafkajs/src/producer') as (options: object) => Producer;
const { createErrorFromCode } = require('kafkajs/src/protocol/error') as {
  createErrorFromCode: (code: number) => Error;
};

const notLeader = 6;
const messageTooLarge = 10;
const stampMs = 1_700_000_000_000;

interface ProduceRequest {
  readonly producerId: unknown;
  readonly acks: number;
  readonly topicData: readonly {
    topic: string;
    partitions: readonly { partition: number; messages: readonly { value: Buffer }[] }[];
  }[];
}
type Produce = (request: ProduceRequest) => Promise<object>;

const silent = { ...silentLogger, namespace: () => silent };

function answerFor(...partitions: readonly number[]): object {
  const entries = partitions.map((partition) => ({
    partition,
    errorCode: 0,
    baseOffset: '7',
    logAppendTime: String(stampMs),
  }));
  return { topics: [{ topicName: 't', partitions: entries }] };
}

/** Two partitions, led by `leaders[partition]`; `produce` is what the brokers do, by node id. */
function setUp(produce: Readonly<Record<number, Produce>>, leaders: number[] = [1, 1]) {
  const made: { disconnect: jest.Mock }[] = [];
  const makeProducer = (): Producer => {
    const disconnect = jest.fn(() => Promise.resolve());
    made.push({ disconnect });
    const brokers = Object.fromEntries(
      Object.entries(produce).map(([nodeId, answer]) => [
        nodeId,
        { nodeId: Number(nodeId), produce: answer },
      ]),
    );
    const cluster = {
      connect: () => Promise.resolve(),
      disconnect,
      isConnected: () => true,
      removeBroker: () => undefined,
      refreshMetadata: () => Promise.resolve(),
      refreshMetadataIfNecessary: () => Promise.resolve(),
      addMultipleTargetTopics: () => Promise.resolve(),
      findTopicPartitionMetadata: () =>
        leaders.map((leader, partitionId) => ({ partitionId, leader })),
      findLeaderForPartitions: (_topic: string, partitions: readonly string[]) => {
        const byLeader: Record<number, number[]> = {};
        for (const partition of partitions.map(Number)) {
          const leader = leaders[partition];
          if (leader !== undefined) (byLeader[leader] ??= []).push(partition);
        }
        return byLeader;
      },
      findBroker: ({ nodeId }: { nodeId: string }) => Promise.resolve(brokers[nodeId]),
    };
    return createProducer({ cluster, logger: silent, retry: { retries: 2, initialRetryTime: 1 } });
  };
  let nowMs = 0;
  const producer = new PlainProducer(makeProducer, () => (nowMs += 1_000));
  return { made, producer };
}

const records = [{ value: Buffer.from('a') }];

describe('PlainProducer over kafkajs’s own producer', () => {
  it('appends with acks=all, without idempotence, and tells offset and stamp', async () => {
    const produce = jest.fn<Produce>(() => Promise.resolve(answerFor(1)));
    const { producer } = setUp({ 1: produce });
    await expect(producer.append('t', 1, records)).resolves.toEqual({
      partition: 1,
      baseOffset: 7,
      logAppendTimeMs: stampMs,
    });
    expect(produce.mock.calls[0]?.[0]).toMatchObject({ acks: -1 });
    expect(produce.mock.calls[0]?.[0].topicData).toMatchObject([
      { topic: 't', partitions: [{ partition: 1 }] },
    ]);
    expect([undefined, -1, 0]).toContain(produce.mock.calls[0]?.[0].producerId);
  });

  it('follows a leader that moves during the request', async () => {
    const leaders = [1, 1];
    const { producer } = setUp(
      {
        1: () => {
          leaders[0] = 2;
          return Promise.reject(createErrorFromCode(notLeader));
        },
        2: () => Promise.resolve(answerFor(0)),
      },
      leaders,
    );
    await expect(producer.append('t', 0, records)).resolves.toMatchObject({ partition: 0 });
  });

  it('takes an answer for another partition for no acknowledgement', async () => {
    const { producer } = setUp({ 1: () => Promise.resolve(answerFor(1)) });
    await expect(producer.append('t', 0, records)).rejects.toMatchObject({
      code: 'kafka_unavailable',
      retryable: true,
    });
  });

  it('takes it for a failure when kafkajs resolves without having sent anything', async () => {
    const produce = jest.fn<Produce>();
    const { producer } = setUp({ 1: produce });
    await expect(producer.append('t', 9, records)).rejects.toMatchObject({
      code: 'kafka_unavailable',
    });
    expect(produce).not.toHaveBeenCalled();
  });

  it('appends to several partitions by one request to each leader', async () => {
    const produce = jest.fn<Produce>(() => Promise.resolve(answerFor(0, 1)));
    const other = jest.fn<Produce>(() => Promise.resolve(answerFor(2)));
    const { producer } = setUp({ 1: produce, 2: other }, [1, 1, 2]);
    const appends = [0, 1, 2].map((partition) => ({ partition, records }));
    await producer.appendEach('t', appends);
    expect(produce.mock.calls[0]?.[0].topicData).toMatchObject([
      { topic: 't', partitions: [{ partition: 0 }, { partition: 1 }] },
    ]);
    expect([produce, other].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });

  it('takes an answer that leaves one of several partitions out for a failure', async () => {
    const { made, producer } = setUp({ 1: () => Promise.resolve(answerFor(0)) });
    const appends = [0, 1].map((partition) => ({ partition, records }));
    await expect(producer.appendEach('t', appends)).rejects.toMatchObject({
      code: 'kafka_unavailable',
      retryable: true,
    });
    expect(made[0]?.disconnect).toHaveBeenCalledTimes(1);
  });

  it.each([[[]], [[{ partition: 0, records: [] }]]])('sends no %j', async (appends) => {
    const { producer } = setUp({});
    await expect(producer.appendEach('t', appends)).rejects.toMatchObject({
      code: 'kafka_rejected',
    });
  });

  it('goes on with a new producer after a rejection, and loses nothing of the old one’s in flight', async () => {
    let answerLate: (answer: object) => void = () => undefined;
    const answers = [
      new Promise<object>((resolve) => (answerLate = resolve)),
      Promise.resolve(answerFor(1)),
      Promise.resolve(answerFor(0)),
    ];
    const { made, producer } = setUp({
      1: () => answers.shift() ?? Promise.reject(new Error('no more')),
    });
    const slow = producer.append('t', 0, records);
    await expect(producer.append('t', 0, records)).rejects.toMatchObject({ retryable: true });
    await expect(producer.append('t', 0, records)).resolves.toMatchObject({ baseOffset: 7 });
    expect(made).toHaveLength(2);
    expect(made[0]?.disconnect).not.toHaveBeenCalled();
    answerLate(answerFor(0));
    await expect(slow).resolves.toMatchObject({ partition: 0 });
    expect(made[0]?.disconnect).toHaveBeenCalledTimes(1);
  });

  it('tells what a broker refuses for good from what may be tried again', async () => {
    const { producer } = setUp({ 1: () => Promise.reject(createErrorFromCode(messageTooLarge)) });
    await expect(producer.append('t', 0, records)).rejects.toMatchObject({
      name: 'AppError',
      code: 'kafka_rejected',
      retryable: false,
    });
  });

  it('tells of a broker that stays away as unavailable, in words and without kafkajs’s error', async () => {
    const { producer } = setUp({ 1: () => Promise.reject(createErrorFromCode(notLeader)) });
    const error: unknown = await producer
      .append('t', 0, records)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'AppError', code: 'kafka_unavailable', retryable: true });
    expect(error).not.toHaveProperty('cause');
  });
});
