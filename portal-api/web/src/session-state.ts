import type { Answer } from './api/call.js';
import type { SessionAnswer } from './api/shapes.js';

export type SessionState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed_out' }
  /** `hasEnded`: what the page has stays, till the same user has signed in again. */
  | { readonly kind: 'signed_in'; readonly session: SessionAnswer; readonly hasEnded: boolean };

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
