import type { Random } from '../../service/random.js';
import type { HoldbackMinute } from '../metrics/holdback-verdict.js';

/** An audience of which a share is held back, as the minutes that are counted of both groups. */
export interface HoldbackAudience {
  readonly sessions: number;
  readonly holdbackPercent: number;
  readonly minutes: number;
  /** What peers make of the stall rate, of the time before the first frame, and of bitrate: 0.8. */
  readonly stallFactor: number;
  readonly startupFactor: number;
  readonly bitrateFactor: number;
}

/** As in `seededRandom`. */
const { cos, exp, floor, log, max, min, sqrt, PI } = Math;

type Sums = { -readonly [Name in keyof HoldbackMinute]: number };

const minuteMs = 60_000;
const sessionMedianMinutes = 8;
const sessionSpread = 0.7;
/** Some sessions stall three times as often as others. */
const pronenessSpread = 0.6;
const stallsPerMinute = 0.5;
const stallMedianMs = 600;
const stallSpread = 0.9;
const startupMedianMs = 900;
const startupSpread = 0.6;
const bitrateMedianKbps = 3_000;
const bitrateSpread = 0.6;
/** From time to time the CDN is slow for everybody at once. */
const troubleShare = 0.05;
const troubleFactor = 4;

/**
 * Draws sessions that begin at any time, last for minutes and differ in how often they stall: what
 * a minute has goes on in the next, and is shared by both groups where it comes from the CDN.
 */
export function drawHoldbackMinutes(audience: HoldbackAudience, random: Random) {
  const { sessions, holdbackPercent, minutes } = audience;
  const groups = { withPeers: emptyMinutes(minutes), heldBack: emptyMinutes(minutes) };
  const troubles = drawTroubles(minutes, random);
  for (let session = 0; session < sessions; session += 1) {
    const isHeldBack = random() * 100 < holdbackPercent;
    const group = isHeldBack ? groups.heldBack : groups.withPeers;
    const factors = isHeldBack ? withoutPeers : audience;
    addSession(group, troubles, factors, random);
  }
  return groups;
}

type Factors = Pick<HoldbackAudience, 'stallFactor' | 'startupFactor' | 'bitrateFactor'>;
const withoutPeers: Factors = { stallFactor: 1, startupFactor: 1, bitrateFactor: 1 };

function addSession(
  group: readonly Sums[],
  troubles: readonly number[],
  { stallFactor, startupFactor, bitrateFactor }: Factors,
  random: Random,
): void {
  const begun = random() * group.length;
  const end = begun + sessionMedianMinutes * logNormal(random, sessionSpread);
  const rate = stallsPerMinute * stallFactor * logNormal(random, pronenessSpread);
  const kbps = bitrateMedianKbps * bitrateFactor * logNormal(random, bitrateSpread);
  const first = group[floor(begun)];
  if (first !== undefined) {
    first.startingMs += startupMedianMs * startupFactor * logNormal(random, startupSpread);
    first.viewsPlayed += 1;
  }
  for (let minute = floor(begun); minute < min(end, group.length); minute += 1) {
    const sums = group[minute];
    if (sums === undefined) continue;
    const share = min(end, minute + 1) - max(begun, minute);
    const stalls = poisson(random, rate * share * (troubles[minute] ?? 1));
    let stalledMs = 0;
    for (let stall = 0; stall < stalls; stall += 1) {
      stalledMs += stallMedianMs * logNormal(random, stallSpread);
    }
    const passedMs = share * minuteMs;
    const watchedMs = max(0, passedMs - stalledMs);
    sums.stalledMs += passedMs - watchedMs;
    sums.watchedMs += watchedMs;
    sums.playedBits += kbps * watchedMs;
    sums.playedBitrateMs += watchedMs;
  }
}

/** By minute, how many times as often everybody stalls. */
function drawTroubles(minutes: number, random: Random): number[] {
  const troubles: number[] = [];
  while (troubles.length < minutes) {
    const factor = random() < troubleShare ? troubleFactor : 1;
    for (let minute = 0; minute < 5; minute += 1) troubles.push(factor);
  }
  return troubles;
}

function emptyMinutes(count: number): Sums[] {
  return Array.from({ length: count }, () => ({
    watchedMs: 0,
    stalledMs: 0,
    startingMs: 0,
    viewsPlayed: 0,
    playedBits: 0,
    playedBitrateMs: 0,
  }));
}

/** With median 1 (Box and Muller). */
function logNormal(random: Random, spread: number): number {
  const radius = sqrt(-2 * log(1 - random()));
  return exp(spread * radius * cos(2 * PI * random()));
}

/** Knuth: Seminumerical Algorithms, 3.4.1. */
function poisson(random: Random, mean: number): number {
  const limit = exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
