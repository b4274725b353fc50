import type { AnsweredAnnounce } from '../announces/announce-batcher.js';
import type { ViewerSession } from './viewer-session.js';

/** Gives each session its own answers of a batch, in one go. */
export function tellAnswers(answers: readonly AnsweredAnnounce<ViewerSession>[]): void {
  const bySession = new Map<ViewerSession, AnsweredAnnounce<ViewerSession>[]>();
  for (const answer of answers) {
    const own = bySession.get(answer.origin);
    if (own === undefined) bySession.set(answer.origin, [answer]);
    else own.push(answer);
  }
  for (const [session, own] of bySession) session.answered(own);
}
