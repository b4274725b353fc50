import { call, sending, type Answer } from './call.js';
import type { SessionAnswer } from './shapes.js';

export type Credentials =
  { readonly user: string; readonly password: string } | { readonly token: string };

export function fetchSession(): Promise<Answer<SessionAnswer>> {
  return call('/session');
}

export function signIn(credentials: Credentials): Promise<Answer<SessionAnswer>> {
  return call('/session', sending('POST', credentials));
}

export function signOut(): Promise<Answer<null>> {
  return call('/session', sending('DELETE', undefined));
}
