import { describe, expect, it } from '@jest/globals';
import { Outbox } from './outbox.js';

function boxOf(count: number, bytes: number) {
  const dropped: number[] = [];
  const outbox = new Outbox({
    bytesMax: 1_000,
    batchBytesMax: 300,
    waitMsMax: 10_000,
    onDropped: (many) => dropped.push(many),
  });
  for (let index = 0; index < count; index += 1) {
    outbox.add({ key: `k${index}`, value: Buffer.alloc(bytes) }, index);
  }
  return { outbox, dropped };
}

const keys = (batch: readonly { key: string }[]): string[] => batch.map(({ key }) => key);

describe('messages that wait for Kafka', () => {
  it('go in order, as many at once as a request may hold', () => {
    const { outbox, dropped } = boxOf(5, 100);
    expect(keys(outbox.take(10))).toEqual(['k0', 'k1', 'k2']);
    expect(keys(outbox.take(10))).toEqual(['k3', 'k4']);
    expect(outbox.take(10)).toEqual([]);
    expect(dropped).toEqual([]);
  });

  it('give way, the oldest first, where more wait than may', () => {
    const { outbox, dropped } = boxOf(12, 100);
    expect(dropped).toEqual([1, 1]);
    expect(keys(outbox.take(20)).at(0)).toBe('k2');
  });

  it('go alone where one is larger than a request should be', () => {
    const { outbox } = boxOf(2, 400);
    expect(keys(outbox.take(10))).toEqual(['k0']);
    expect(keys(outbox.take(10))).toEqual(['k1']);
  });

  it('are not sent when they have waited for too long', () => {
    const { outbox, dropped } = boxOf(3, 100);
    expect(keys(outbox.take(10_001))).toEqual(['k1', 'k2']);
    expect(dropped).toEqual([1]);
    outbox.add({ key: 'late', value: Buffer.alloc(100) }, 20_000);
    expect(outbox.take(40_000)).toEqual([]);
    expect(dropped).toEqual([1, 1]);
  });
});
