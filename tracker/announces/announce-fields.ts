import { qualityOf, reported, type Announce, type Browser } from '../../schemas/index.js';
import type { AnnounceFields } from '../../protocol/index.js';

/** What a session's announces have in common. */
export interface AnnouncingSession {
  readonly stream: string;
  /** 16 bytes. */
  readonly session: Buffer;
  readonly browser: Browser;
}

/** The announce as it is written: what wasn't told is 0, unknown or null. */
export function announceOf(
  session: AnnouncingSession,
  fields: AnnounceFields,
  renditions: readonly string[],
): Announce {
  return {
    ...reported(fields),
    stream: session.stream,
    session: session.session,
    number: fields.number,
    time: fields.time,
    quality: qualityOf(fields.quality, renditions),
    browser: session.browser,
    state: fields.state ?? 'unknown',
  };
}
