import { call, named, sending, type Answer } from './call.js';
import type {
  AccountHistory,
  MadeToken,
  NewToken,
  NewUser,
  TokenList,
  UserAnswer,
  UserChange,
  UserList,
} from './shapes.js';

export function fetchUsers(signal: AbortSignal): Promise<Answer<UserList>> {
  return call('/users', {}, signal);
}

export function addUser(user: NewUser): Promise<Answer<UserAnswer>> {
  return call('/users', sending('POST', user));
}

export function changeUser(name: string, change: UserChange): Promise<Answer<UserAnswer>> {
  return call(`/users/${named(name)}`, sending('PATCH', change));
}

export function removeUser(name: string): Promise<Answer<null>> {
  return call(`/users/${named(name)}`, sending('DELETE', undefined));
}

export function fetchTokens(signal: AbortSignal): Promise<Answer<TokenList>> {
  return call('/tokens', {}, signal);
}

/** As many entries as are kept. */
export const accountHistoryMax = 1_000;

export function fetchAccountHistory(
  limit: number,
  signal: AbortSignal,
): Promise<Answer<AccountHistory>> {
  return call(`/account-history?limit=${limit}`, {}, signal);
}

/** Its text is in this answer and in no other. */
export function makeToken(token: NewToken): Promise<Answer<MadeToken>> {
  return call('/tokens', sending('POST', token));
}

export function revokeToken(name: string): Promise<Answer<null>> {
  return call(`/tokens/${named(name)}`, sending('DELETE', undefined));
}
