import {
  qualityOf,
  reportedFields,
  writtenFunction,
  type Browser,
  type CdnReason,
  type FacetValue,
  type Failure,
  type PlayerState,
  type Reported,
  type Role,
  type ToldAnnounce,
  type ToldReason,
} from '../../schemas/index.js';

/** What a session's announces have in common. */
export interface AnnouncingSession {
  readonly stream: string;
  /** 16 bytes. */
  readonly session: Buffer;
  readonly browser: Browser;
  readonly role: Role;
  /** Of its announces from now on. */
  facets: readonly FacetValue[];
  /** 16 bytes: a pseudonym of who watches; null where nobody told of one. */
  readonly viewer: Buffer | null;
}

/** A report as a dialect has read it: all but its time is within the readers' bounds. */
export interface Report extends Reported {
  readonly number: number;
  readonly time: number;
  /** Whatever was told, if anything. */
  readonly quality: unknown;
  readonly state: PlayerState;
  readonly failure: Failure;
  /** Why bytes came from the CDN, as far as the viewer told it. */
  readonly toldReason: ToldReason | undefined;
}

/** What is told of a session in words. */
export type ToldWords = Pick<Report, 'quality' | 'state' | 'failure' | 'toldReason'>;

/** Reports that came together. */
export interface ToldReports {
  readonly reports: readonly Report[];
  /** Numbers of those that can't be true, whatever the session has told before. */
  readonly implausible: readonly number[];
  /** Numbers of those beyond what may come together. */
  readonly tooMany: readonly number[];
}

const numbers = reportedFields.map((field) => `${field}: from.${field}`).join(', ');

/** A report of what was read of it: an object made in one go costs a tenth of one by spreads. */
export const reportOf = writtenFunction(
  `return function reportOf(from, number, time, words) {
    return {
      ${numbers}, number, time, quality: words.quality, state: words.state,
      failure: words.failure, toldReason: words.toldReason
    };
  };`,
) as (from: Reported, number: number, time: number, words: ToldWords) => Report;

/** All errors that it tells: those of a kind are among them, also where nobody counted them so. */
export function errorsIn(report: Reported): number {
  const { errors, errorsNetwork, errorsMedia, errorsDrm, errorsPlayer } = report;
  const ofAKind = errorsNetwork + errorsMedia + errorsDrm + errorsPlayer;
  return ofAKind > errors ? ofAKind : errors;
}

const announced = reportedFields
  .map((field) => (field === 'errors' ? 'errors: errorsIn(from)' : `${field}: from.${field}`))
  .join(', ');

const madeAnnounce = writtenFunction(
  `return function madeAnnounce(session, from, quality, cdnReason) {
    return {
      stream: session.stream, session: session.session, browser: session.browser,
      number: from.number, time: from.time, quality, state: from.state, ${announced},
      role: session.role, failure: from.failure, cdnReason,
      viewer: session.viewer, facets: session.facets
    };
  };`,
  { errorsIn },
) as (
  session: AnnouncingSession,
  from: Report,
  quality: string,
  cdnReason: CdnReason,
) => ToldAnnounce;

/** The announce as it is written. */
export function announceOf(
  session: AnnouncingSession,
  report: Report,
  renditions: readonly string[],
  cdnReason: CdnReason,
): ToldAnnounce {
  return madeAnnounce(session, report, qualityOf(report.quality, renditions), cdnReason);
}
