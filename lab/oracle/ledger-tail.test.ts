import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { LedgerTail } from './ledger-tail.js';

const folder = mkdtempSync(join(tmpdir(), 'ledger-tail-'));
const intervalMs = 5_000;

function sent(number: number, time: number): string {
  return `${JSON.stringify({ kind: 'sent', session: 's', announce: { number, time } })}\n`;
}

function answered(kind: 'acknowledged' | 'refused' | 'resent', ...numbers: number[]): string {
  return `${JSON.stringify({ kind, session: 's', numbers })}\n`;
}

describe('a ledger that is being written', () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it('tells how many announces of each minute were acknowledged, each once', async () => {
    const path = join(folder, 'ledger');
    const tail = new LedgerTail(path, intervalMs);
    writeFileSync(path, sent(0, 4_999) + sent(1, 5_000) + sent(2, 9_999) + sent(3, 9_999));
    await tail.read();
    expect(tail.acknowledged.of(1)).toBe(0);
    appendFileSync(path, answered('resent', 2) + answered('acknowledged', 0, 1, 2));
    appendFileSync(path, answered('acknowledged', 2) + answered('refused', 3));
    await tail.read();
    expect(tail.acknowledged.of(0)).toBe(1);
    expect(tail.acknowledged.of(1)).toBe(2);
  });

  it('reads a line that was half written when the rest has come', async () => {
    const path = join(folder, 'halves');
    const tail = new LedgerTail(path, intervalMs);
    const line = answered('acknowledged', 0);
    writeFileSync(path, sent(0, 0) + line.slice(0, 10));
    await tail.read();
    expect(tail.acknowledged.of(0)).toBe(0);
    appendFileSync(path, line.slice(10));
    await tail.read();
    expect(tail.acknowledged.of(0)).toBe(1);
  });
});
