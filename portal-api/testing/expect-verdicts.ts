import { expect } from '@jest/globals';
import { seededRandom } from '../../service/random.js';
import { holdbackVerdicts, type HoldbackFigure } from '../metrics/holdback-verdict.js';
import {
  drawHoldbackParts,
  type AudienceShape,
  type HoldbackAudience,
} from './holdback-audience.js';

const unchanged = { stallFactor: 1, startupFactor: 1, bitrateFactor: 1 };
export const tenth = { sessions: 10_000, holdbackPercent: 10, ...unchanged };
/** What peers do to the stall rate, in percent, and the verdict on it. */
export const stallChanges = [
  [-20, 'better'],
  [0, 'unclear'],
  [20, 'worse'],
] as const;
const seeds = 100;
const right = 0.95 * seeds;

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

/** Fails unless the verdicts on an audience of that shape are right for 95 of 100 seeds. */
export function expectVerdicts(
  shape: AudienceShape,
  percent: number,
  expected: 'better' | 'unclear' | 'worse',
): void {
  const counts = tally({ ...tenth, shape, stallFactor: 1 + percent / 100 });
  expect(counts.stall_ratio[expected]).toBeGreaterThanOrEqual(right);
  expect(counts.startup['unclear']).toBeGreaterThanOrEqual(right);
  expect(counts.bitrate['unclear']).toBeGreaterThanOrEqual(right);
}
