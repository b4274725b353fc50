import { describe, expect, it } from '@jest/globals';
import type { LedgerAnnounce } from '../viewers/ledger.js';
import { ledgerAnnounce, ledgerOf } from '../viewers/testing/announces.js';
import { Presence } from './presence.js';

const toleranceMs = 10_000;
const everyMs = 5_000;
const count = 12;

/** A session that announces every 5 s for a minute; each is acknowledged with the next one. */
function session(
  name: string,
  change: (number: number) => Partial<LedgerAnnounce> = () => ({}),
): LedgerAnnounce[] {
  return Array.from({ length: count }, (_, number) => {
    const atMs = number * everyMs;
    return {
      ...ledgerAnnounce({ number }, { session: name, sendings: [{ atMs, standing: undefined }] }),
      acknowledgedAtMs: atMs + everyMs,
      ...change(number),
    };
  });
}

/** When the other one was surely there for one that was there all the time. */
function secondsOf(
  other: readonly LedgerAnnounce[],
  placings = [{ atMs: 0, mayMeet: true }],
): number[] {
  const ledger = ledgerOf([...session('own'), ...other]);
  ledger.placings.set('arena-main own', [{ atMs: 0, mayMeet: true }]);
  ledger.placings.set('arena-main other', placings);
  const presence = new Presence(ledger, toleranceMs);
  return Array.from({ length: count }, (_, number) => number * everyMs)
    .filter((atMs) => presence.hasOthers('arena-main', 'own', atMs))
    .map((atMs) => atMs / 1_000);
}

describe('who is surely in a stream', () => {
  it('is who announces and is answered, once all trackers can have heard of it', () => {
    expect(secondsOf(session('other'))).toEqual([10, 15, 20, 25, 30, 35, 40, 45]);
    expect(secondsOf([])).toEqual([]);
  });

  it('is nobody whose announces are unanswered, answered late, or sent again', () => {
    const from35 = [35, 40, 45];
    for (const change of [
      { outcome: 'unknown' },
      { acknowledgedAtMs: 32_000 },
      { resends: 1 },
    ] as const) {
      const other = session('other', (number) => (number === 4 ? change : {}));
      expect(secondsOf(other)).toEqual([10, 15, ...from35]);
    }
  });

  it('is nobody who has just been placed anew, or may meet nobody', () => {
    const twice = [
      { atMs: 0, mayMeet: true },
      { atMs: 21_000, mayMeet: true },
    ];
    expect(secondsOf(session('other'), twice)).toEqual([10, 15, 20, 35, 40, 45]);
    expect(secondsOf(session('other'), [{ atMs: 0, mayMeet: false }])).toEqual([]);
  });

  it('is nobody for who has just come itself', () => {
    const ledger = ledgerOf([...session('own'), ...session('other')]);
    ledger.placings.set('arena-main other', [{ atMs: 0, mayMeet: true }]);
    ledger.placings.set('arena-main own', [{ atMs: 12_000, mayMeet: true }]);
    const presence = new Presence(ledger, toleranceMs);
    expect(presence.hasOthers('arena-main', 'own', 20_000)).toBe(false);
    expect(presence.hasOthers('arena-main', 'own', 22_000)).toBe(true);
    expect(presence.hasOthers('studio-2', 'own', 22_000)).toBe(false);
  });
});
