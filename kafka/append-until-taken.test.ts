import { describe, expect, it } from '@jest/globals';
import { appendingBy, type LogProducer } from './index.js';
import { appendEachUntilTaken, appendUntilTaken } from './append-until-taken.js';

function producerFailing(times: number): LogProducer & { calls: number } {
  return {
    calls: 0,
    append(_topic, partition) {
      this.calls += 1;
      return this.calls <= times
        ? Promise.reject(new Error('broker away'))
        : Promise.resolve({ partition, baseOffset: 3, logAppendTimeMs: 5 });
    },
    close: () => Promise.resolve(),
  };
}

const sleep = (): Promise<void> => Promise.resolve();

describe('appendUntilTaken', () => {
  it('tries until Kafka has acknowledged and tells each failure', async () => {
    const producer = producerFailing(2);
    const failures: string[] = [];
    const retrying = {
      sleep,
      isWanted: () => true,
      onFailure: (reason: string) => failures.push(reason),
    };
    const appended = await appendUntilTaken(producer, 'topic', 1, [], retrying);
    expect(appended).toEqual({ partition: 1, baseOffset: 3, logAppendTimeMs: 5 });
    expect(failures).toEqual(['broker away', 'broker away']);
  });

  it('gives up when the result is no longer wanted', async () => {
    let isWanted = true;
    const producer = producerFailing(1_000);
    const onFailure = (): void => {
      isWanted = false;
    };
    const retrying = { sleep, isWanted: () => isWanted, onFailure };
    expect(await appendUntilTaken(producer, 'topic', 0, [], retrying)).toBeUndefined();
    expect(producer.calls).toBe(1);
  });
});

describe('appendEachUntilTaken', () => {
  const appends = [0, 1, 2].map((partition) => ({ partition, records: [] }));

  it('appends to all by one request', async () => {
    const calls: number[] = [];
    const producer = {
      ...producerFailing(1_000),
      appendEach: (_topic: string, each: readonly unknown[]) => {
        calls.push(each.length);
        return Promise.resolve();
      },
    };
    const retrying = { sleep, isWanted: () => true, onFailure: () => undefined };
    expect(await appendEachUntilTaken(producer, 'topic', appends, retrying)).toBe(true);
    expect(calls).toEqual([3]);
    expect(producer.calls).toBe(0);
  });

  it('goes on with each by itself where that fails, so that none waits for another', async () => {
    const taken: number[] = [];
    let isAway = true;
    const producer = appendingBy((_topic, partition) => {
      if (partition === 1 && isAway) return Promise.reject(new Error('no leader'));
      taken.push(partition);
      return Promise.resolve({ partition, baseOffset: 0, logAppendTimeMs: 0 });
    });
    const failures: string[] = [];
    const retrying = {
      sleep: () => {
        isAway = false;
        return Promise.resolve();
      },
      isWanted: () => true,
      onFailure: (reason: string) => failures.push(reason),
    };
    expect(await appendEachUntilTaken(producer, 'topic', appends, retrying)).toBe(true);
    expect(taken.toSorted()).toEqual([0, 0, 1, 2, 2]);
    expect(failures).toEqual(['no leader', 'no leader']);
  });

  it('sends nothing that is no longer wanted', async () => {
    const producer = appendingBy(() => Promise.reject(new Error('asked')));
    const retrying = { sleep, isWanted: () => false, onFailure: () => undefined };
    expect(await appendEachUntilTaken(producer, 'topic', appends, retrying)).toBe(false);
  });
});
