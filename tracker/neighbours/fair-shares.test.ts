import { describe, expect, it } from '@jest/globals';
import { FairShares } from './fair-shares.js';
import { bounds } from './limits.js';

const nowMs = 1_700_000_000_000;
const { messagesBurst, messagesPerSecond, originMessagesBurst, originMessagesPerSecond } = bounds;

/** How many of so many messages may be sent. */
function taken(shares: FairShares, origin: string, count: number, atMs = nowMs, bytes = 1): number {
  let sent = 0;
  for (let one = 0; one < count; one += 1) if (shares.take(origin, bytes, atMs)) sent += 1;
  return sent;
}

describe('what may go to another tracker', () => {
  it('is half of it for one address alone, and its share of the rest', () => {
    const shares = new FairShares(nowMs);
    const most = messagesBurst / 2 + originMessagesBurst;
    // Whose message takes the first of the other half was still let through by the first one.
    expect(Math.abs(taken(shares, 'one', messagesBurst) - most)).toBeLessThanOrEqual(1);
  });

  it('is there for an address that sends little, however much another one sends', () => {
    const shares = new FairShares(nowMs);
    for (let second = 0; second < 60; second += 1) {
      const atMs = nowMs + second * 1_000;
      taken(shares, 'flooder', 10_000, atMs);
      expect(taken(shares, 'viewer', originMessagesPerSecond, atMs)).toBe(originMessagesPerSecond);
    }
  });

  it('is all of it, as time passes, where nobody else sends', () => {
    const shares = new FairShares(nowMs);
    taken(shares, 'one', messagesBurst);
    taken(shares, 'another', messagesBurst);
    const laterMs = nowMs + 60_000;
    expect(taken(shares, 'one', messagesPerSecond, laterMs)).toBe(messagesPerSecond);
  });

  it('is less of longer messages', () => {
    const shares = new FairShares(nowMs);
    const bytes = 4 * bounds.messageBytes;
    const most = (messagesBurst / 2 + originMessagesBurst) / 4;
    expect(Math.abs(taken(shares, 'one', messagesBurst, nowMs, bytes) - most)).toBeLessThan(2);
  });
});
