import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ProxiesNotice } from './proxies-notice.js';

describe('proxies take notice', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const never = new AbortController().signal;

  /** How long it takes, when a proxy asks after so many milliseconds each. */
  async function takesMs(
    askedBeforeMs: number | undefined,
    asksMs: readonly number[],
    stop = never,
  ) {
    const notice = new ProxiesNotice(() => Date.now());
    if (askedBeforeMs !== undefined) {
      notice.asked();
      jest.advanceTimersByTime(askedBeforeMs);
    }
    const startMs = Date.now();
    let endMs: number | undefined;
    void notice.noticed(stop).then(() => (endMs = Date.now()));
    for (const atMs of asksMs) setTimeout(() => notice.asked(), atMs);
    await jest.advanceTimersByTimeAsync(10_000);
    return endMs === undefined ? undefined : endMs - startMs;
  }

  it.each([
    ['a second and a half after the next question', 500, [300, 800], 1_800],
    ['at once where nobody asks', undefined, [], 0],
    ['at once where nobody has asked for long', 11_000, [], 0],
    ['in the end where nobody asks any more', 500, [], 4_000],
  ])('%s', async (_when, askedBeforeMs, asksMs, expectedMs) => {
    expect(await takesMs(askedBeforeMs, asksMs)).toBe(expectedMs);
  });

  it('by health checks, which fail in a drain but for who does agent checks', () => {
    const notice = new ProxiesNotice(() => Date.now());
    const passes = (asker: string, isDraining = true): boolean =>
      notice.passes(asker, isDraining, () => true);
    expect([passes('a', false), passes('a')]).toEqual([true, false]);
    notice.askedByAgent('a');
    expect([passes('a'), passes('b')]).toEqual([true, false]);
    jest.advanceTimersByTime(11_000);
    expect(passes('a')).toBe(false);
  });

  it('no longer where nobody waits for it any more', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 700);
    expect(await takesMs(500, [300], stop.signal)).toBeLessThanOrEqual(700);
  });
});
