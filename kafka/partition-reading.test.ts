import { describe, expect, it, jest } from '@jest/globals';
import { PartitionReading, type FetchControl } from './partition-reading.js';
import type { LogRecord, PartitionReader } from './types.js';

const start = { kind: 'beginning', offset: 0, reason: 'no_commit', endOffset: 0 } as const;

function record(offset: number, bytes = 1): LogRecord {
  return { partition: 0, offset, logAppendTimeMs: 0, key: null, value: Buffer.alloc(bytes) };
}

function makeReading(reader: Partial<PartitionReader> = {}) {
  const control = {
    pause: jest.fn<FetchControl['pause']>(),
    resume: jest.fn<FetchControl['resume']>(),
    seek: jest.fn<FetchControl['seek']>(),
    commit: jest.fn<FetchControl['commit']>(() => Promise.resolve(true)),
  };
  const onBroken = jest.fn();
  const reading = new PartitionReading('t', 0, 1, control, 10, onBroken);
  const open = (): void => {
    reading.open(start, () => ({
      read: () => Promise.resolve(),
      close: () => undefined,
      ...reader,
    }));
  };
  return { reading, control, onBroken, open };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('PartitionReading', () => {
  it('seeks to its start before fetching begins', () => {
    const { reading, control, open } = makeReading();
    expect(reading.isOpen()).toBe(false);
    open();
    expect(control.seek).toHaveBeenCalledWith(0, 0);
    expect(control.resume).toHaveBeenCalledTimes(1);
    expect(reading.isOpen()).toBe(true);
  });

  it('gives the next batch only when the last one was read', async () => {
    const finish: (() => void)[] = [];
    const offsets: number[][] = [];
    const { reading, open } = makeReading({
      read: (records) => {
        offsets.push(records.map(({ offset }) => offset));
        return new Promise((resolve) => finish.push(resolve));
      },
    });
    open();
    reading.offer([record(0), record(1)]);
    reading.offer([record(2)]);
    await settle();
    expect(offsets).toEqual([[0, 1]]);
    finish[0]?.();
    await settle();
    expect(offsets).toEqual([[0, 1], [2]]);
  });

  it('stops fetching while it holds more than its bound, and goes on below it', async () => {
    const finish: (() => void)[] = [];
    const { reading, control, open } = makeReading({
      read: () => new Promise((resolve) => finish.push(resolve)),
    });
    open();
    reading.offer([record(0, 11)]);
    expect(control.pause).toHaveBeenCalledTimes(1);
    finish[0]?.();
    await settle();
    expect(control.resume).toHaveBeenCalledTimes(2);
  });

  it('keeps a batch that arrives while the reader has paused, and gives it after resume', async () => {
    const read = jest.fn<PartitionReader['read']>(() => Promise.resolve());
    const { reading, open } = makeReading({ read });
    open();
    reading.pause();
    reading.offer([record(0)]);
    await settle();
    expect(read).not.toHaveBeenCalled();
    reading.resume();
    await settle();
    expect(read.mock.calls.map(([records]) => records)).toEqual([[record(0)]]);
  });

  it('gives a batch with what releases it, which nobody calls but its reader', async () => {
    const read = jest.fn<PartitionReader['read']>(() => Promise.resolve());
    const release = jest.fn();
    const { reading, open } = makeReading({ read });
    open();
    reading.offer([record(0)], release);
    await settle();
    reading.end();
    expect(release).not.toHaveBeenCalled();
    read.mock.calls[0]?.[1]?.();
    expect(release).toHaveBeenCalledTimes(1);
  });

  it('never reads, commits or steers again once its assignment has ended', async () => {
    const read = jest.fn<PartitionReader['read']>(() => Promise.resolve());
    const close = jest.fn();
    const { reading, control, open } = makeReading({ read, close });
    open();
    reading.pause();
    reading.offer([record(0)]);
    reading.end();
    control.resume.mockClear();
    reading.resume();
    await settle();
    expect(await reading.commit(1, 'm')).toBe(false);
    expect(reading.isOwned()).toBe(false);
    expect(read).not.toHaveBeenCalled();
    expect(control.commit).not.toHaveBeenCalled();
    expect(control.resume).not.toHaveBeenCalled();
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('tells when its reader failed', async () => {
    const failure = new Error('no');
    const { reading, onBroken, open } = makeReading({ read: () => Promise.reject(failure) });
    open();
    reading.offer([record(0)]);
    await settle();
    expect(onBroken).toHaveBeenCalledWith(reading, failure);
  });
});
