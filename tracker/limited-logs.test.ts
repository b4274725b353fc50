import { beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../service/testing/silent-logger.js';
import { refusedLog } from './limited-logs.js';

describe('the log of refused joins', () => {
  let lines: object[] = [];
  let nowMs = 0;
  let refused: ReturnType<typeof refusedLog>;

  beforeEach(() => {
    lines = [];
    nowMs = 1_000_000;
    const warn = (fields: object): void => void lines.push(fields);
    refused = refusedLog({ ...silentLogger, warn }, () => nowMs);
  });

  it('has a line a minute for each stream and reason, with how many there were', () => {
    const arena = { stream: 'arena', origin: undefined };
    for (let count = 0; count < 5; count += 1) refused({ ...arena, reason: 'token_expired' });
    refused({ ...arena, reason: 'token_refused' });
    refused({ reason: 'token_refused', stream: 'studio', origin: undefined });
    nowMs += 60_000;
    refused({ ...arena, reason: 'token_expired' });
    expect(lines).toEqual([
      { reason: 'token_expired', stream: 'arena', heldBack: 0 },
      { reason: 'token_refused', stream: 'arena', heldBack: 0 },
      { reason: 'token_refused', stream: 'studio', heldBack: 0 },
      { reason: 'token_expired', stream: 'arena', heldBack: 4 },
    ]);
  });

  it('has one line for all streams that there are not, and no more of a name than fits', () => {
    for (let count = 0; count < 100; count += 1) {
      const stream = `${count}`.padEnd(10_000, 'x');
      refused({ reason: 'unknown_stream', stream, origin: undefined });
    }
    expect(lines).toEqual([
      { reason: 'unknown_stream', stream: '0'.padEnd(128, 'x'), heldBack: 0 },
    ]);
  });

  it('names the page’s origin where that is what is refused', () => {
    const origin = `https://${'page'.repeat(100)}.example`;
    refused({ reason: 'origin_refused', stream: 'arena', origin });
    refused({ reason: 'too_many_swarms', stream: undefined, origin });
    expect(lines).toEqual([
      { reason: 'origin_refused', stream: 'arena', origin: origin.slice(0, 128), heldBack: 0 },
      { reason: 'too_many_swarms', stream: '', heldBack: 0 },
    ]);
  });
});
