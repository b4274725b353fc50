import type { Answer } from './api/call.js';
import type { SessionAnswer } from './api/shapes.js';

/** Who is signed in; `trouble` is what went wrong with that last, in words, or empty. */
export type SessionState = { readonly trouble: string } & (
  | { readonly kind: 'asking' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed_out' }
  /** `hasEnded`: what the page has stays, till the same user has signed in again. */
  | { readonly kind: 'signed_in'; readonly session: SessionAnswer; readonly hasEnded: boolean }
);

/** What is so after the portal was asked who is signed in: who that is may have changed. */
export function sessionAfter(now: SessionState, answer: Answer<SessionAnswer>): SessionState {
  const before = now.kind === 'signed_in' ? now.session.name : undefined;
  switch (answer.kind) {
    case 'ok': {
      const session = answer.value;
      const isOther = before !== undefined && before !== session.name;
      const trouble = isOther
        ? `Another tab signed in as ${session.name}: the page of ${before} has ended`
        : now.trouble;
      return { kind: 'signed_in', session, hasEnded: false, trouble };
    }
    case 'signed_out':
      return endedSession(now);
    default:
      return now.kind === 'asking' ? { ...now, kind: 'unreachable' } : now;
  }
}

/** What is so when there is no session any more. */
export function endedSession(now: SessionState): SessionState {
  if (now.kind === 'signed_in') return { ...now, hasEnded: true };
  return { kind: 'signed_out', trouble: now.trouble };
}

/** Why the session goes on after it was to end, in words; empty: there is none any more. */
export function whyNotSignedOut(answer: Answer<unknown>): string {
  switch (answer.kind) {
    case 'ok':
    case 'signed_out':
      return '';
    case 'unreachable':
      return 'Not signed out: the portal does not answer';
    case 'problem':
      return `Not signed out: ${answer.message}`;
  }
}
