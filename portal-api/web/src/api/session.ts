import { call, sending, type Answer } from './call.js';
import { sessionNews } from './session-news.js';
import type { SessionAnswer } from './shapes.js';

export type Credentials =
  { readonly user: string; readonly password: string } | { readonly token: string };

export function fetchSession(): Promise<Answer<SessionAnswer>> {
  return call('/session');
}

export function signIn(credentials: Credentials): Promise<Answer<SessionAnswer>> {
  return told(call('/session', sending('POST', credentials)));
}

export function signOut(): Promise<Answer<null>> {
  return told(call('/session', sending('DELETE', undefined)));
}

/** The answer, once other tabs know that the browser's session is another one. */
async function told<Value>(asked: Promise<Answer<Value>>): Promise<Answer<Value>> {
  const answer = await asked;
  if (answer.kind === 'ok') sessionNews().postMessage(null);
  return answer;
}
