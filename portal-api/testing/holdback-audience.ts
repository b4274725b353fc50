import { holdbackParts } from '../../schemas/index.js';
import type { Random } from '../../service/random.js';
import type { HoldbackPart } from '../metrics/holdback-verdict.js';

/** An audience of which a share is held back. */
export interface HoldbackAudience {
  readonly sessions: number;
  readonly holdbackPercent: number;
  readonly shape: AudienceShape;
  /** What peers make of the stall rate, of the time before the first frame, and of bitrate: 0.8. */
  readonly stallFactor: number;
  readonly startupFactor: number;
  readonly bitrateFactor: number;
}

/** When sessions come, and how long they stay. */
export interface AudienceShape {
  readonly minutes: number;
  /** As a share of all minutes, 0 … 1. */
  readonly begunAt: (random: Random) => number;
  readonly stayMinutes: (random: Random) => number;
}

/** As in `seededRandom`. */
const { cos, exp, floor, log, max, min, sqrt, PI } = Math;

const sessionMedianMinutes = 8;
const sessionSpread = 0.7;
const shortStay = (random: Random): number =>
  sessionMedianMinutes * logNormal(random, sessionSpread);
const dayMinutes = 1_440;

export const audienceShapes = {
  'a day with as many at any time': {
    minutes: dayMinutes,
    begunAt: (random) => random(),
    stayMinutes: shortStay,
  },
  'a day of which five hours have most': {
    minutes: dayMinutes,
    begunAt: (random) => (random() < 0.85 ? 0.75 + 0.2 * random() : random()),
    stayMinutes: shortStay,
  },
  'an evening of three hours with long stays': {
    minutes: 180,
    begunAt: (random) => (2 / 3) * random(),
    stayMinutes: (random) => 40 * logNormal(random, 0.5),
  },
  'a match of two hours to which everybody stays': {
    minutes: 120,
    begunAt: (random) => random() / 8,
    stayMinutes: () => 120,
  },
} as const satisfies Readonly<Record<string, AudienceShape>>;

export type Sums = { -readonly [Name in keyof HoldbackPart]: number };
/** The sums of a part of a group in a minute of the audience's. */
export type SumsOf = (isHeldBack: boolean, part: number, minute: number) => Sums;

const minuteMs = 60_000;
/** A session's stalls are drawn for so many minutes at once, and counted in the first of them. */
const sliceMinutes = 5;
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
 * Draws sessions, which differ in how often they stall as long as they stay, and adds each up where
 * `sumsOf` says. What comes from the CDN is shared by both groups.
 */
export function drawAudience(audience: HoldbackAudience, random: Random, sumsOf: SumsOf): void {
  const { sessions, holdbackPercent, shape } = audience;
  const troubles = drawTroubles(shape.minutes, random);
  for (let session = 0; session < sessions; session += 1) {
    const isHeldBack = random() * 100 < holdbackPercent;
    const part = floor(random() * holdbackParts);
    const factors = isHeldBack ? withoutPeers : audience;
    const add = (minute: number): Sums => sumsOf(isHeldBack, part, minute);
    addSession(shape, { troubles, factors, add }, random);
  }
}

/** Both groups by their parts, over all minutes. */
export function drawHoldbackParts(audience: HoldbackAudience, random: Random) {
  const groups = { withPeers: emptyParts(), heldBack: emptyParts() };
  drawAudience(audience, random, (isHeldBack, part) => {
    const sums = groups[isHeldBack ? 'heldBack' : 'withPeers'][part];
    if (sums === undefined) throw new Error(`no part ${part}`);
    return sums;
  });
  return groups;
}

export function emptyParts(): Sums[] {
  return Array.from({ length: holdbackParts }, emptySums);
}

export function emptySums(): Sums {
  return {
    watchedMs: 0,
    stalledMs: 0,
    startingMs: 0,
    viewsPlayed: 0,
    playedBits: 0,
    playedBitrateMs: 0,
  };
}

type Factors = Pick<HoldbackAudience, 'stallFactor' | 'startupFactor' | 'bitrateFactor'>;
const withoutPeers: Factors = { stallFactor: 1, startupFactor: 1, bitrateFactor: 1 };

interface SessionParts {
  /** By slice, how many times as often everybody stalls. */
  readonly troubles: readonly number[];
  readonly factors: Factors;
  readonly add: (minute: number) => Sums;
}

function addSession(
  { minutes, begunAt, stayMinutes }: AudienceShape,
  { troubles, factors: { stallFactor, startupFactor, bitrateFactor }, add }: SessionParts,
  random: Random,
): void {
  const begun = begunAt(random) * minutes;
  const end = min(minutes, begun + stayMinutes(random));
  const rate = stallsPerMinute * stallFactor * logNormal(random, pronenessSpread);
  const kbps = bitrateMedianKbps * bitrateFactor * logNormal(random, bitrateSpread);
  const first = add(floor(begun));
  first.startingMs += startupMedianMs * startupFactor * logNormal(random, startupSpread);
  first.viewsPlayed += 1;
  for (let slice = floor(begun / sliceMinutes); slice * sliceMinutes < end; slice += 1) {
    const from = max(begun, slice * sliceMinutes);
    const passed = min(end, (slice + 1) * sliceMinutes) - from;
    const sums = add(floor(from));
    const stalls = poisson(random, rate * passed * (troubles[slice] ?? 1));
    const passedMs = passed * minuteMs;
    const watchedMs = max(0, passedMs - stalledFor(stalls, random));
    sums.stalledMs += passedMs - watchedMs;
    sums.watchedMs += watchedMs;
    sums.playedBits += kbps * watchedMs;
    sums.playedBitrateMs += watchedMs;
  }
}

function drawTroubles(minutes: number, random: Random): number[] {
  return Array.from({ length: minutes / sliceMinutes }, () =>
    random() < troubleShare ? troubleFactor : 1,
  );
}

/** How long so many stalls last together, each log-normal (Fenton, IRE Transactions 8, 1960). */
function stalledFor(stalls: number, random: Random): number {
  if (stalls === 0) return 0;
  const variance = log(1 + (exp(stallSpread ** 2) - 1) / stalls);
  const meanMs = stallMedianMs * exp(stallSpread ** 2 / 2);
  return stalls * meanMs * exp(-variance / 2) * logNormal(random, sqrt(variance));
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
