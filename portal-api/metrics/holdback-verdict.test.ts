import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../service/random.js';
import { drawHoldbackMinutes } from '../testing/holdback-audience.js';
import { holdbackVerdicts, type HoldbackFigure, type HoldbackMinute } from './holdback-verdict.js';

const unchanged = { stallFactor: 1, startupFactor: 1, bitrateFactor: 1 };
const day = { sessions: 10_000, holdbackPercent: 10, minutes: 1_440, ...unchanged };
const seeds = 100;

/** How often a figure has each verdict, by seeds. */
function tally(figure: HoldbackFigure, factors: Partial<typeof unchanged>) {
  const counts = { better: 0, worse: 0, unclear: 0 };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const drawn = drawHoldbackMinutes({ ...day, ...factors }, seededRandom(seed));
    const found = holdbackVerdicts(drawn.withPeers, drawn.heldBack).find(
      (one) => one.figure === figure,
    );
    counts[found?.verdict ?? 'unclear'] += 1;
  }
  return counts;
}

describe('the verdict on peers by a holdback of 10 % of 10 000 sessions', () => {
  it.each([
    [-20, 'better'],
    [0, 'unclear'],
    [20, 'worse'],
  ] as const)('is right for a stall rate changed by %i %%: %s', (percent, expected) => {
    const counts = tally('stall_ratio', { stallFactor: 1 + percent / 100 });
    expect(counts[expected]).toBeGreaterThanOrEqual(0.95 * seeds);
  });
});

describe('a verdict', () => {
  const minute: HoldbackMinute = {
    watchedMs: 1_188_000,
    stalledMs: 12_000,
    startingMs: 2_000,
    viewsPlayed: 1,
    playedBits: 3e8,
    playedBitrateMs: 1e5,
  };
  const none = {
    watchedMs: 0,
    stalledMs: 0,
    startingMs: 0,
    viewsPlayed: 0,
    playedBits: 0,
    playedBitrateMs: 0,
  };
  const minutes = (count: number, changes: Partial<HoldbackMinute> = {}): HoldbackMinute[] =>
    Array.from({ length: count }, () => ({ ...minute, ...changes }));

  it('has differences in the units of the figures, and says which way is better', () => {
    const changes = {
      stalledMs: 6_000,
      watchedMs: 1_194_000,
      startingMs: 1_500,
      playedBits: 2.5e8,
    };
    expect(holdbackVerdicts(minutes(360, changes), minutes(360))).toMatchObject([
      { figure: 'stall_ratio', verdict: 'better', difference: expect.closeTo(-0.005) },
      { figure: 'startup', verdict: 'better', difference: -500 },
      { figure: 'bitrate', verdict: 'worse', difference: -500 },
    ]);
    const [stalls, startup, bitrate] = holdbackVerdicts(minutes(360), minutes(360, changes));
    expect([stalls?.verdict, startup?.verdict, bitrate?.verdict]).toEqual([
      'worse',
      'worse',
      'better',
    ]);
  });

  it('is unclear, and without numbers, where there is too little to tell', () => {
    const unknown = { verdict: 'unclear', difference: null, low: null, high: null };
    const cases = [
      [minutes(0), minutes(0)],
      [minutes(299), minutes(299)],
      [minutes(360), minutes(360, none)],
      [minutes(360, none), minutes(360)],
      [minutes(360), [...minutes(60), ...minutes(300, none)]],
    ] as const;
    for (const [withPeers, heldBack] of cases) {
      expect(holdbackVerdicts(withPeers, heldBack)).toMatchObject([unknown, unknown, unknown]);
    }
  });

  it('is of each figure by itself', () => {
    const untold = { startingMs: 0, viewsPlayed: 0 };
    const verdicts = holdbackVerdicts(minutes(60, untold), minutes(60, untold));
    expect(verdicts.map(({ difference }) => difference)).toEqual([0, null, 0]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['unclear', 'unclear', 'unclear']);
  });

  it('is of the time in which both are told apart', () => {
    const before = minutes(10_000, none);
    const changes = { playedBits: 3.3e8 };
    const withPeers = [...before, ...minutes(360, changes)];
    const found = holdbackVerdicts(withPeers, [...before, ...minutes(360)]);
    expect(found).toEqual(holdbackVerdicts(minutes(360, changes), minutes(360)));
    expect(found[2]).toMatchObject({ verdict: 'better', difference: 300 });
    const short = holdbackVerdicts([...before, ...minutes(60)], [...before, ...minutes(60)]);
    expect(short[0]).toMatchObject({ difference: null });
  });

  it('is made of longer steps too', () => {
    const changes = { startingMs: 1_500 };
    const verdicts = holdbackVerdicts(minutes(36, changes), minutes(36), 600_000);
    expect(verdicts[1]).toMatchObject({ verdict: 'better', difference: -500 });
    expect(holdbackVerdicts(minutes(29), minutes(29), 600_000)[1]).toMatchObject({
      difference: null,
    });
  });

  it('has an interval around its difference that is the wider the fewer are held back', () => {
    const widthAt = (holdbackPercent: number): number => {
      const drawn = drawHoldbackMinutes({ ...day, holdbackPercent }, seededRandom(7));
      const [stalls] = holdbackVerdicts(drawn.withPeers, drawn.heldBack);
      const { low, high, difference } = stalls ?? {};
      expect(((low ?? 0) + (high ?? 0)) / 2).toBeCloseTo(difference ?? NaN);
      return (high ?? 0) - (low ?? 0);
    };
    expect(widthAt(1)).toBeGreaterThan(1.5 * widthAt(10));
  });
});
