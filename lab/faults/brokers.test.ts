import { describe, expect, it } from '@jest/globals';
import type { StackProcess } from '../stack/index.js';
import { coordinatorPartition, dutyText, pickBroker, type BrokerDuty } from './brokers.js';

function duty(name: string, leads: number, ...coordinates: string[]): BrokerDuty {
  const process = { name } as Partial<StackProcess> as StackProcess;
  return { process, leads, coordinates };
}

describe('the brokers', () => {
  it('coordinate a group where Java puts its name', () => {
    // "polygenelubricants".hashCode() is the least int, whose absolute value is none.
    expect(coordinatorPartition('polygenelubricants', 50)).toBe(0);
    // "hello".hashCode() is 99162322.
    expect(coordinatorPartition('hello', 50)).toBe(99_162_322 % 50);
  });

  it('are picked by what they coordinate, then by how many partitions they lead', () => {
    const duties = [
      duty('kafka-1', 4, 'rollup-partials'),
      duty('kafka-2', 1),
      duty('kafka-3', 3, 'ingest'),
    ];
    expect(pickBroker(duties, true).process.name).toBe('kafka-1');
    expect(dutyText(pickBroker(duties, false))).toBe(
      'kafka-3 led 3 of announces, coordinated ingest',
    );
  });

  it('leave the one that coordinates totals alone, if there is another', () => {
    const duties = [
      duty('kafka-1', 2, 'rollup-partials'),
      duty('kafka-2', 6, 'rollup-totals-graphite'),
    ];
    expect(pickBroker([...duties, duty('kafka-3', 1)], false).process.name).toBe('kafka-3');
    expect(pickBroker(duties, false).process.name).toBe('kafka-2');
  });
});
