import { describe, expect, it } from '@jest/globals';
import { AppError, StartError } from './errors.js';
import { RunningParts } from './running-parts.js';
import { silentLogger } from './testing/silent-logger.js';

describe('the parts of a service', () => {
  it('are stopped in reverse order, whatever one of them throws', async () => {
    const parts = new RunningParts(new AbortController(), silentLogger);
    const stopped: string[] = [];
    parts.add('first', () => void stopped.push('first'));
    parts.add('broken', () => Promise.reject(new Error('no')));
    parts.add('last', () => void stopped.push('last'));
    await parts.stopWithin(60_000);
    expect(stopped).toEqual(['last', 'first']);
    expect(parts.stopping.signal.aborted).toBe(true);
  });

  it('hold up an end by no more than its deadline', async () => {
    const parts = new RunningParts(new AbortController(), silentLogger);
    let isAsked = false;
    parts.add('hangs', () => {
      isAsked = true;
      return new Promise(() => undefined);
    });
    await parts.stopWithin(1);
    expect(isAsked).toBe(true);
  });

  it('are stopped where one cannot go on, with the exit code of what it says', async () => {
    const codeAfter = async (error: unknown): Promise<number> => {
      const parts = new RunningParts(new AbortController(), silentLogger);
      const code = await parts.fail(error);
      expect(parts.stopping.signal.aborted).toBe(true);
      return code;
    };
    expect(await codeAfter(new StartError('name_taken', 'taken', 78))).toBe(78);
    expect(await codeAfter(new AppError('kafka_log_lost', 'lost'))).toBe(70);
    expect(await codeAfter(new Error('a mistake'))).toBe(70);
  });
});
