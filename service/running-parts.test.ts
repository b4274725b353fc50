import { describe, expect, it } from '@jest/globals';
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
});
