import { describe, expect, it } from '@jest/globals';
import { DeadlineQueue } from './deadline-queue.js';
import { until } from '../testing/test-viewer.js';

describe('a queue of deadlines', () => {
  it('calls back for each item after its time, in their order, and not for those deleted', async () => {
    const due: { item: string; atMs: number }[] = [];
    const delayMs = 30;
    const queue = new DeadlineQueue<string>(delayMs, (item) =>
      due.push({ item, atMs: performance.now() }),
    );
    const startedAtMs = performance.now();
    queue.add('one');
    queue.add('deleted');
    queue.add('two');
    queue.delete('deleted');
    await until(() => due.length >= 1, 'the first is due');
    const addedAtMs = performance.now();
    queue.add('three');
    await until(() => due.length === 3, 'all are due');
    expect(due.map(({ item }) => item)).toEqual(['one', 'two', 'three']);
    expect((due[0]?.atMs ?? 0) - startedAtMs).toBeGreaterThanOrEqual(delayMs - 1);
    expect((due[2]?.atMs ?? 0) - addedAtMs).toBeGreaterThanOrEqual(delayMs - 1);
    queue.stop();
  });

  it('calls back for what is added after it was stopped', async () => {
    const due: string[] = [];
    const queue = new DeadlineQueue<string>(5, (item) => due.push(item));
    queue.add('one');
    queue.stop();
    queue.add('two');
    await until(() => due.length > 0, 'it is due');
    expect(due).toEqual(['two']);
    queue.stop();
  });

  it('calls back anew for what is added when it is due, and not for what is deleted then', async () => {
    const due: string[] = [];
    const queue: DeadlineQueue<string> = new DeadlineQueue<string>(10, (item) => {
      due.push(item);
      queue.delete('other');
      if (due.length < 3) queue.add(item);
    });
    queue.add('one');
    queue.add('other');
    await until(() => due.length === 3, 'it is due three times');
    expect(due).toEqual(['one', 'one', 'one']);
    queue.stop();
  });

  it('calls nobody after its stop', async () => {
    const due: string[] = [];
    const queue = new DeadlineQueue<string>(5, (item) => due.push(item));
    queue.add('one');
    queue.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(due).toEqual([]);
  });
});
