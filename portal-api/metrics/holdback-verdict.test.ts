import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../service/random.js';
import {
  audienceShapes,
  drawHoldbackParts,
  emptyParts,
  type HoldbackAudience,
} from '../testing/holdback-audience.js';
import { holdbackVerdicts, type HoldbackFigure, type HoldbackPart } from './holdback-verdict.js';

const unchanged = { stallFactor: 1, startupFactor: 1, bitrateFactor: 1 };
const tenth = { sessions: 10_000, holdbackPercent: 10, ...unchanged };
const day = audienceShapes['a day with as many at any time'];
const seeds = 100;

/** How often a figure has each verdict, by seeds. */
function tally(audience: HoldbackAudience): Record<HoldbackFigure, Record<string, number>> {
  const none = () => ({ better: 0, worse: 0, unclear: 0 });
  const counts = { stall_ratio: none(), startup: none(), bitrate: none() };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const drawn = drawHoldbackParts(audience, seededRandom(seed));
    for (const { figure, verdict } of holdbackVerdicts(drawn.withPeers, drawn.heldBack)) {
      counts[figure][verdict] += 1;
    }
  }
  return counts;
}

const right = 0.95 * seeds;

describe.each(Object.entries(audienceShapes))(
  'the verdict on peers by a holdback of 10 % of 10 000 sessions of %s',
  (_name, shape) => {
    it.each([
      [-20, 'better'],
      [0, 'unclear'],
      [20, 'worse'],
    ] as const)('is right for a stall rate changed by %i %%: %s', (percent, expected) => {
      const counts = tally({ ...tenth, shape, stallFactor: 1 + percent / 100 });
      expect(counts.stall_ratio[expected]).toBeGreaterThanOrEqual(right);
      expect(counts.startup['unclear']).toBeGreaterThanOrEqual(right);
      expect(counts.bitrate['unclear']).toBeGreaterThanOrEqual(right);
    });
  },
);

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
