import { describe, expect, it } from '@jest/globals';
import { SettledConnections } from './settled-connections.js';

const withLines = (number: number) => ({ number, hasLines: true });
const withoutLines = (number: number) => ({ number, hasLines: false });

describe('SettledConnections', () => {
  it('takes what carbon has read as on disk when it ends a later connection 30 s after', () => {
    const settled = new SettledConnections();
    settled.ended(withLines(1), 1_000);
    settled.ended(withLines(2), 6_000);
    settled.ended(withoutLines(3), 30_999);
    expect(settled.settledTo).toBe(0);
    settled.ended(withoutLines(4), 31_000);
    expect(settled.settledTo).toBe(1);
    settled.ended(withoutLines(5), 90_000);
    expect(settled.settledTo).toBe(2);
  });

  it('proves nothing by time alone', () => {
    const settled = new SettledConnections();
    settled.ended(withLines(1), 0);
    expect([settled.settledTo, settled.isWaiting]).toEqual([0, true]);
    settled.ended(withLines(2), 3_600_000);
    expect([settled.settledTo, settled.isWaiting]).toEqual([1, true]);
    settled.ended(withoutLines(3), 3_630_000);
    expect([settled.settledTo, settled.isWaiting]).toEqual([2, false]);
  });

  it('forgets what was read when carbon may be another one', () => {
    const settled = new SettledConnections();
    settled.ended(withLines(1), 0);
    settled.lost(false);
    settled.ended(withLines(2), 60_000);
    settled.ended(withoutLines(3), 90_000);
    expect(settled.settledTo).toBe(2);
  });

  it('has all written again once carbon has read what was stuck', () => {
    const settled = new SettledConnections();
    expect(settled.ended(withLines(1), 0)).toBe(false);
    settled.lost(true);
    settled.lost(false);
    expect(settled.ended(withLines(2), 1_000)).toBe(true);
    expect(settled.ended(withLines(3), 2_000)).toBe(false);
  });
});
