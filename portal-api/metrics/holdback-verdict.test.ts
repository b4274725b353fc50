import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../service/random.js';
import { audienceShapes, drawHoldbackParts, emptyParts } from '../testing/holdback-audience.js';
import { expectVerdicts, stallChanges, tenth } from '../testing/expect-verdicts.js';
import { holdbackVerdicts, type HoldbackPart } from './holdback-verdict.js';

const day = audienceShapes['a day with as many at any time'];

// Of the other shapes: test/long/figures/holdback-verdicts.test.ts.
describe('the verdict on peers by a holdback of 10 % of 10 000 sessions', () => {
  it.each(stallChanges)('is right for a stall rate changed by %i %%: %s', (percent, expected) =>
    expectVerdicts(day, percent, expected),
  );
});

describe('a verdict', () => {
  const part: HoldbackPart = {
    watchedMs: 1_188_000,
    stalledMs: 12_000,
    startingMs: 2_000,
    viewsPlayed: 1,
    playedBits: 3e8,
    playedBitrateMs: 1e5,
  };
  const parts = (changes: Partial<HoldbackPart> = {}): HoldbackPart[] =>
    emptyParts().map(() => ({ ...part, ...changes }));

  it('has differences in the units of the figures, and says which way is better', () => {
    const changes = {
      stalledMs: 6_000,
      watchedMs: 1_194_000,
      startingMs: 1_500,
      playedBits: 2.5e8,
    };
    expect(holdbackVerdicts(parts(changes), parts())).toMatchObject([
      { figure: 'stall_ratio', verdict: 'better', difference: expect.closeTo(-0.005) },
      { figure: 'startup', verdict: 'better', difference: -500 },
      { figure: 'bitrate', verdict: 'worse', difference: -500 },
    ]);
    const [stalls, startup, bitrate] = holdbackVerdicts(parts(), parts(changes));
    expect([stalls?.verdict, startup?.verdict, bitrate?.verdict]).toEqual([
      'worse',
      'worse',
      'better',
    ]);
  });

  it('is unclear, and without numbers, where there is too little to tell', () => {
    const unknown = { verdict: 'unclear', difference: null, low: null, high: null };
    const four = [...parts().slice(0, 4), ...emptyParts().slice(4)];
    const lopsided = [...parts({ watchedMs: 1e3, viewsPlayed: 0, playedBitrateMs: 0 })];
    lopsided[0] = part;
    const cases = [
      [emptyParts(), emptyParts()],
      [parts(), emptyParts()],
      [emptyParts(), parts()],
      [parts(), four],
      [four, parts()],
      [parts(), lopsided],
    ] as const;
    for (const [withPeers, heldBack] of cases) {
      expect(holdbackVerdicts(withPeers, heldBack)).toMatchObject([unknown, unknown, unknown]);
    }
  });

  it('is of each figure by itself', () => {
    const untold = { startingMs: 0, viewsPlayed: 0 };
    const verdicts = holdbackVerdicts(parts(untold), parts(untold));
    expect(verdicts.map(({ difference }) => difference)).toEqual([0, null, 0]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['unclear', 'unclear', 'unclear']);
  });

  it('has an interval around its difference that is the wider the fewer are held back', () => {
    const widthAt = (holdbackPercent: number): number => {
      const drawn = drawHoldbackParts({ ...tenth, shape: day, holdbackPercent }, seededRandom(7));
      const [stalls] = holdbackVerdicts(drawn.withPeers, drawn.heldBack);
      const { low, high, difference } = stalls ?? {};
      expect(((low ?? 0) + (high ?? 0)) / 2).toBeCloseTo(difference ?? NaN);
      return (high ?? 0) - (low ?? 0);
    };
    expect(widthAt(1)).toBeGreaterThan(1.5 * widthAt(10));
  });
});
