import {
  qualityOf,
  reportedFields,
  writtenFunction,
  type Announce,
  type Browser,
  type PlayerState,
  type Reported,
} from '../../schemas/index.js';

/** What a session's announces have in common. */
export interface AnnouncingSession {
  readonly stream: string;
  /** 16 bytes. */
  readonly session: Buffer;
  readonly browser: Browser;
}

/** A report as a dialect has read it: all but its time is within the readers' bounds. */
export interface Report extends Reported {
  readonly number: number;
  readonly time: number;
  /** Whatever was told, if anything. */
  readonly quality: unknown;
  readonly state: PlayerState;
}

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
  `return function reportOf(from, number, time, quality, state) {
    return { ${numbers}, number, time, quality, state };
  };`,
) as (from: Reported, number: number, time: number, quality: unknown, state: PlayerState) => Report;

const madeAnnounce = writtenFunction(
  `return function madeAnnounce(session, from, quality) {
    return {
      stream: session.stream, session: session.session, browser: session.browser,
      number: from.number, time: from.time, quality, state: from.state, ${numbers},
      role: 'viewer', failure: 'none', cdnReason: 'untold', viewer: null, facets: noFacets
    };
  };`,
  { noFacets: Object.freeze([]) },
) as (session: AnnouncingSession, from: Report, quality: string) => Announce;

/** The announce as it is written. */
export function announceOf(
  session: AnnouncingSession,
  report: Report,
  renditions: readonly string[],
): Announce {
  return madeAnnounce(session, report, qualityOf(report.quality, renditions));
}
