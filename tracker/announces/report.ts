import {
  qualityOf,
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

/** The announce as it is written. */
export function announceOf(
  session: AnnouncingSession,
  report: Report,
  renditions: readonly string[],
): Announce {
  return {
    ...report,
    stream: session.stream,
    session: session.session,
    quality: qualityOf(report.quality, renditions),
    browser: session.browser,
  };
}
