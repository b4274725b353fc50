import { describe, expect, it } from '@jest/globals';
import type { CdnReason } from '../../schemas/index.js';
import type { ToldStanding } from '../viewers/ledger.js';
import { ledgerAnnounce, ledgerOf } from '../viewers/testing/announces.js';
import { plainReason } from './plain-reason.js';
import { Presence } from './presence.js';

const holdbacks = new Map<string, number>();
const usual: ToldStanding = { mayMeet: true, peersWanted: 6, connectedPeers: 0 };

/** What has to be where a tracker says `told` of an announce that was sent so. */
function expected(told: CdnReason, standings: readonly ToldStanding[], peers = 0): CdnReason {
  const sendings = standings.map((standing) => ({ atMs: 0, standing }));
  return plainReason(told, ledgerAnnounce({ peers }, { sendings }), { holdbacks });
}

describe('why bytes came from the CDN', () => {
  it('is policy for who may have no peers or wants none, and for nobody else', () => {
    for (const standing of [
      { ...usual, mayMeet: false },
      { ...usual, peersWanted: 0 },
    ]) {
      expect(expected('policy', [standing])).toBe('policy');
      expect(expected('alone', [standing])).toBe('policy');
      expect(expected('unconnected', [standing])).toBe('policy');
    }
    expect(expected('policy', [usual])).toBe('unconnected');
  });

  it('is not policy for who wants no more peers than it has', () => {
    expect(expected('policy', [{ ...usual, peersWanted: 0, connectedPeers: 3 }])).not.toBe(
      'policy',
    );
    expect(expected('policy', [{ ...usual, peersWanted: 0 }], 3)).toBe('connected');
  });

  it('may be that of any time at which an announce was sent', () => {
    const twice = [usual, { ...usual, mayMeet: false }];
    expect(expected('policy', twice)).toBe('policy');
    expect(expected('unconnected', twice)).toBe('unconnected');
    expect(expected('connected', twice)).toBe('unconnected');
  });

  it('is believed of viewers that wrote nothing down, and untold of the first version', () => {
    const old = ledgerAnnounce({});
    expect(plainReason('policy', old, { holdbacks })).toBe('policy');
    expect(plainReason('untold', old, { holdbacks })).toBe('untold');
  });

  it('is alone only where nobody else is surely there', () => {
    const sentAt = (session: string, number: number, atMs: number) =>
      ledgerAnnounce(
        { number },
        { session, acknowledgedAtMs: atMs + 10, sendings: [{ atMs, standing: usual }] },
      );
    const others = [0, 5_000, 10_000, 15_000, 20_000].map((atMs, number) =>
      sentAt('other', number, atMs),
    );
    const [early, late] = [sentAt('own', 0, 2_000), sentAt('own', 1, 9_000)];
    const ledger = ledgerOf([...others, early, late]);
    for (const session of ['own', 'other']) {
      ledger.placings.set(`arena-main ${session}`, [{ atMs: 0, mayMeet: true }]);
    }
    const presence = new Presence(ledger, 4_000);
    expect(plainReason('alone', early, { holdbacks, presence })).toBe('alone');
    expect(plainReason('alone', late, { holdbacks, presence })).toBe('unconnected');
    expect(plainReason('alone', late, { holdbacks })).toBe('alone');
  });
});
