import { describe, expect, it } from '@jest/globals';
import { chooseSpan, type ChosenSpan, type Limits } from './span.js';

const times = { intervalMs: 60_000, lateMs: 180_000, graceMs: 60_000 };
const nowMs = 100_000 * 60_000;
const limits: Limits = {
  firstMinute: 90_000,
  rawFromMs: undefined,
  ttlDays: 30,
  ingestedTo: 99_990,
  exactFrom: 99_995,
};

function choose(asked: { from?: number; to?: number }, changed: Partial<Limits> = {}): ChosenSpan {
  const range = { from: asked.from, to: asked.to };
  return chooseSpan(range, { ...limits, ...changed }, times, nowMs);
}

describe('the minutes that can be audited', () => {
  it('are, unless told otherwise, all from the first there is to the last that is final everywhere', () => {
    const span = { from: 90_000, to: 99_990 };
    expect(choose({})).toEqual({ kind: 'span', span, notes: [] });
    const upToRollup = { from: 90_000, to: 99_979 };
    expect(choose({}, { exactFrom: 99_980 })).toEqual({
      kind: 'span',
      span: upToRollup,
      notes: [],
    });
  });

  it('are those asked for, where these can be', () => {
    const span = { from: 95_000, to: 95_001 };
    expect(choose(span)).toEqual({ kind: 'span', span, notes: [] });
  });

  it('end where ingest has got to, or where the rollup may still write, and that is said', () => {
    expect(choose({ to: 99_999 })).toMatchObject({
      span: { to: 99_990 },
      notes: [expect.stringContaining('ingest has not got past')],
    });
    expect(choose({ to: 99_990 }, { exactFrom: 99_990 })).toMatchObject({
      span: { to: 99_989 },
      notes: [expect.stringContaining('the rollup may write')],
    });
  });

  it('begin with the first minute of which no raw announce may have been deleted', () => {
    const keptFrom = 100_000 - 24 * 60 + 1;
    expect(choose({ from: 1 }, { ttlDays: 1 })).toMatchObject({
      span: { from: keptFrom },
      notes: [expect.stringContaining('kept for 1 days')],
    });
    expect(choose({}, { ttlDays: 1 })).toMatchObject({ span: { from: keptFrom }, notes: [] });
  });

  it('begin where raw announces do, where there are cells of before, and that is said', () => {
    const rawFromMs = 95_000 * 60_000;
    for (const asked of [{}, { from: 90_000 }]) {
      expect(choose(asked, { rawFromMs })).toEqual({
        kind: 'span',
        span: { from: 95_001, to: 99_990 },
        notes: [expect.stringContaining('no earlier raw announces')],
      });
    }
    const later = { from: 96_000, to: 96_000 };
    expect(choose(later, { rawFromMs })).toEqual({ kind: 'span', span: later, notes: [] });
    const longAgo = choose({}, { rawFromMs: 1, ttlDays: 1 });
    expect(longAgo).toMatchObject({ span: { from: 100_000 - 24 * 60 + 1 }, notes: [] });
  });

  it.each([
    [{ from: 99_991 }, {}, 'no minute of it'],
    [{}, { firstMinute: undefined }, 'neither raw announces nor cells'],
    [{}, { ingestedTo: undefined }, 'ingest has not got past any minute'],
    [{}, { exactFrom: undefined }, 'the rollup has committed nothing'],
  ])('are none: %j %j', (asked, changed, reason) => {
    const chosen = choose(asked, changed);
    expect(chosen).toEqual({ kind: 'nothing', reason: expect.stringContaining(reason) });
  });
});
