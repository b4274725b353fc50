import { describe, expect, it } from '@jest/globals';
import type { LogProducer } from '../kafka/index.js';
import { appendUntilTaken } from './append-until-taken.js';

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
