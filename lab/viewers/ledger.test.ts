import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RefusalReason } from '../../protocol/index.js';
import { LedgerFile } from './ledger-file.js';
import { announceKey, readLedgers } from './ledger.js';
import { viewerAnnounce } from './testing/announces.js';

const standing = { mayMeet: true, peersWanted: 6, connectedPeers: 2 };

describe('a ledger', () => {
  let folder: string;
  let path: string;
  let file: LedgerFile;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-'));
    path = join(folder, 'viewers.jsonl');
    file = new LedgerFile(path, () => 17);
  });

  afterEach(() => {
    file.close();
    rmSync(folder, { recursive: true });
  });

  const sent = (number: number): void =>
    file.sent('a', 's', 'Edge', viewerAnnounce({ number, quality: '720p' }), standing);

  it('is with the operating system before the call returns, and is read back whole', () => {
    for (const number of [0, 1, 2, 3]) sent(number);
    file.resent('a', 's', [1, 2], standing);
    file.resent('a', 's', [2], { ...standing, peersWanted: 0 });
    file.acknowledged('a', 's', [0, 2]);
    file.refused('a', 's', [3], 'too_old');
    const ledger = readLedgers([readFileSync(path, 'utf8')]);
    expect(ledger.totals()).toEqual({
      sent: 4,
      acknowledged: 2,
      refused: 1,
      unknown: 1,
      resent: 3,
    });
    expect(ledger.announces.get(announceKey('a', 's', 2))).toEqual({
      stream: 'a',
      session: 's',
      browser: 'Edge',
      firstSentAtMs: 17,
      acknowledgedAtMs: 17,
      announce: viewerAnnounce({ number: 2, quality: '720p' }),
      outcome: 'acknowledged',
      resends: 2,
      sendings: [
        { atMs: 17, standing },
        { atMs: 17, standing },
        { atMs: 17, standing: { ...standing, peersWanted: 0 } },
      ],
    });
  });

  it('believes that an announce was late only by its own clock', () => {
    const time = 60_000;
    const refused = (at: number, reason: RefusalReason): string[] => [
      JSON.stringify({
        kind: 'sent',
        at: time,
        stream: 'a',
        session: `${at} ${reason}`,
        browser: 'Edge',
        announce: viewerAnnounce({ number: 0, time }),
      }),
      JSON.stringify({
        kind: 'refused',
        at,
        stream: 'a',
        session: `${at} ${reason}`,
        numbers: [0],
        reason,
      }),
    ];
    const times = { intervalMs: 60_000, lateMs: 30_000, graceMs: 10_000 };
    const lateOf = (...refusal: Parameters<typeof refused>): number =>
      readLedgers([`${refused(...refusal).join('\n')}\n`]).rightlyLate(times);
    expect(lateOf(time + 20_001, 'too_old')).toBe(1);
    expect(lateOf(time + 20_000, 'too_old')).toBe(0);
    expect(lateOf(150_001, 'late')).toBe(1);
    expect(lateOf(150_000, 'late')).toBe(0);
    for (const reason of ['implausible', 'archived', 'ahead'] as const) {
      expect(lateOf(1_000_000, reason)).toBe(0);
    }
  });

  it('leaves out a line that a kill has cut off', () => {
    sent(0);
    file.acknowledged('a', 's', [0]);
    const text = readFileSync(path, 'utf8').slice(0, -3);
    expect(readLedgers([text]).totals()).toMatchObject({ sent: 1, unknown: 1 });
  });

  it('knows an acknowledged announce for good, whatever else was answered', () => {
    sent(0);
    file.acknowledged('a', 's', [0]);
    file.refused('a', 's', [0], 'too_old');
    expect(readLedgers([readFileSync(path, 'utf8')]).totals()).toMatchObject({ acknowledged: 1 });
  });

  it('keeps answers to what was never sent, for they are a defect', () => {
    file.acknowledged('a', 's', [5]);
    const ledger = readLedgers([readFileSync(path, 'utf8')]);
    expect(ledger.strayAnswers).toEqual([announceKey('a', 's', 5)]);
  });

  it('knows where a session was placed, one after the other', () => {
    file.placed('a', 's', { mayMeet: true });
    file.placed('a', 's', { mayMeet: false });
    const { placings } = readLedgers([readFileSync(path, 'utf8')]);
    expect(placings.get('a s')).toEqual([
      { atMs: 17, mayMeet: true },
      { atMs: 17, mayMeet: false },
    ]);
  });

  it('belongs to one process: a file that exists is not taken', () => {
    expect(() => new LedgerFile(path, () => 0)).toThrow(/EEXIST/);
  });
});
