import { writtenFunction } from './written-function.js';

/**
 * Bounds of an announce's fields: what a tracker lets in and a reader believes, so that sums stay
 * exact.
 */
export const announceLimits = {
  numberMax: 2 ** 31 - 1,
  durationMsMax: 600_000,
  /** How long a start, a buffer or the way to the live edge may be: with a DVR hours are usual. */
  gaugeMsMax: 86_400_000,
  bytesMax: 2 ** 36,
  countMax: 100_000,
  segmentMax: 2 ** 31 - 1,
  bitrateKbpsMax: 10_000_000,
  playbackRatePercentMax: 10_000,
  streamLengthMax: 100,
  qualityLengthMax: 32,
  /** 9999-12-31: a time is a date, whatever else is wrong with it. */
  timeMax: 253_402_300_799_999,
} as const;

interface AnnounceNumber {
  /** The lowest, 0 where it isn't given. */
  readonly min?: -1;
  readonly max: number;
  /** What stands there when a viewer didn't tell it; null says just that. */
  readonly untold: 0 | -1 | null;
  /**
   * What becomes of a number out of bounds: with a counter the announce can't be true; a gauge is
   * what was read there, above its bound the bound; an index names something, so it is left out.
   */
  readonly kind: 'counter' | 'gauge' | 'index';
}

const duration = { max: announceLimits.durationMsMax, untold: 0, kind: 'counter' } as const;
const bytes = { max: announceLimits.bytesMax, untold: 0, kind: 'counter' } as const;
const count = { max: announceLimits.countMax, untold: 0, kind: 'counter' } as const;
const durationOrNull = { max: announceLimits.gaugeMsMax, untold: null, kind: 'gauge' } as const;
const kbpsOrNull = { max: announceLimits.bitrateKbpsMax, untold: null, kind: 'gauge' } as const;

/** The numbers that a viewer may tell with each announce, besides its own number and time. */
export const reportedNumbers = {
  segment: { min: -1, max: announceLimits.segmentMax, untold: -1, kind: 'index' },
  watchedMs: duration,
  stalledMs: duration,
  stalls: count,
  startupMs: durationOrNull,
  cdnBytes: bytes,
  peerBytes: bytes,
  uploadedBytes: bytes,
  peers: { max: announceLimits.countMax, untold: 0, kind: 'gauge' },
  bufferLengthMs: durationOrNull,
  liveLatencyMs: durationOrNull,
  encodedBitrateKbps: kbpsOrNull,
  throughputKbps: kbpsOrNull,
  playbackRatePercent: {
    max: announceLimits.playbackRatePercentMax,
    untold: null,
    kind: 'gauge',
  },
  droppedFrames: count,
  errors: count,
  errorsNetwork: count,
  errorsMedia: count,
  errorsDrm: count,
  errorsPlayer: count,
  qualitySwitches: count,
  startingMs: duration,
  seekingMs: duration,
  pausedMs: duration,
  waitingMs: duration,
  seederBytes: bytes,
  connectionsTried: count,
  connectionsMade: count,
} as const satisfies Readonly<Record<string, AnnounceNumber>>;

/** Those that came with the second version of announces. */
export const secondFields = [
  'errorsNetwork',
  'errorsMedia',
  'errorsDrm',
  'errorsPlayer',
  'qualitySwitches',
  'startingMs',
  'seekingMs',
  'pausedMs',
  'waitingMs',
  'seederBytes',
  'connectionsTried',
  'connectionsMade',
] as const satisfies readonly (keyof typeof reportedNumbers)[];

export type ReportedNumber = keyof typeof reportedNumbers;

/** Those numbers as an announce has them. */
export type Reported = {
  readonly [Field in ReportedNumber]: null extends (typeof reportedNumbers)[Field]['untold']
    ? number | null
    : number;
};

/** What a viewer told of them. */
export type ToldNumbers = { readonly [Field in ReportedNumber]?: number | null | undefined };

export const reportedFields = Object.keys(reportedNumbers) as readonly ReportedNumber[];
/** The same table, read as what each line may have. */
const lines: Readonly<Record<ReportedNumber, AnnounceNumber>> = reportedNumbers;

/** A reported number's line of the table. */
export function reportedNumber(field: ReportedNumber): AnnounceNumber {
  return lines[field];
}

/** Each number that `told` has, or what stands for it, as properties in source. */
export const reportedSource = reportedFields
  .map((field) => `${field}: told.${field} ?? ${lines[field].untold}`)
  .join(', ');

/** Reported numbers, with what stands for each that wasn't told. */
export const reported = writtenFunction(
  `return function reported(told) { return { ${reportedSource} }; };`,
) as (told: ToldNumbers) => Reported;
