import type { Answer } from './api/call.js';
import { signIn } from './api/session.js';

/**
 * Takes the token out of a link such as `/#token=…` (a fragment is never sent, so it stands in no
 * log) and exchanges it for a session. Resolves when that's done, or there was none, to what was
 * wrong with it, in words, or nothing.
 */
export async function signInByLink(): Promise<string> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return '';
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return whyLinkFailed(await signIn({ token }));
}

/** Why a link's token let nobody in, in words; empty: it did. */
export function whyLinkFailed(answer: Answer<unknown>): string {
  if (answer.kind === 'ok') return '';
  if (answer.kind === 'unreachable') {
    return "The portal did not answer to the link's token: open the link again";
  }
  return answer.kind === 'problem' && answer.code !== 'wrong_token'
    ? `The link's token was not taken: ${answer.message}`
    : "The link's token is wrong, or has ended";
}
