import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { measureRegularly } from './measure-regularly.js';
import { silentLogger } from './testing/silent-logger.js';

describe('measuring regularly', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('begins at once, goes on after a failure, and ends', async () => {
    let count = 0;
    const measure = (): Promise<void> => {
      count += 1;
      return count === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    const stop = measureRegularly('it', measure, 10_000, silentLogger);
    expect(count).toBe(1);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(count).toBe(3);
    stop();
    await jest.advanceTimersByTimeAsync(20_000);
    expect(count).toBe(3);
  });

  it('waits for a measurement that takes long', async () => {
    let count = 0;
    const measure = async (): Promise<void> => {
      count += 1;
      await new Promise((resolve) => setTimeout(resolve, 25_000));
    };
    const stop = measureRegularly('it', measure, 10_000, silentLogger);
    await jest.advanceTimersByTimeAsync(29_000);
    expect(count).toBe(1);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(count).toBe(2);
    stop();
  });
});
