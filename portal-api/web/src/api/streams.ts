import type { ChangesQuery } from '../place.js';
import { call, named, queryOf, sending, type Answer } from './call.js';
import type { ChangesAnswer, GroupList, HistoryAnswer, StreamAnswer } from './shapes.js';

export interface NewStream {
  readonly key: string;
  readonly title: string;
  readonly countPlainSockets: boolean;
  readonly options?: Readonly<Record<string, unknown>>;
}

export function fetchStream(key: string, signal?: AbortSignal): Promise<Answer<StreamAnswer>> {
  return call(`/streams/${named(key)}`, {}, signal);
}

/** `idempotencyKey` is the same when a creation that may have taken effect is tried again. */
export function createStream(
  stream: NewStream,
  idempotencyKey: string,
): Promise<Answer<StreamAnswer>> {
  return call('/streams', sending('POST', stream, { 'idempotency-key': idempotencyKey }));
}

/** Refused as `conflict` when somebody else has changed it since `entityTag` was read. */
export function changeStream(
  key: string,
  entityTag: string,
  change: Readonly<Record<string, unknown>>,
): Promise<Answer<StreamAnswer>> {
  return call(`/streams/${named(key)}`, sending('PATCH', change, { 'if-match': entityTag }));
}

/** For good; an archived one alone. */
export function deleteStream(key: string, entityTag: string): Promise<Answer<null>> {
  return call(`/streams/${named(key)}`, sending('DELETE', undefined, { 'if-match': entityTag }));
}

export function fetchHistory(
  key: string,
  limit: number,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Answer<HistoryAnswer>> {
  return call(`/streams/${named(key)}/history${queryOf({ limit, cursor })}`, {}, signal);
}

/** Of all streams, those that are looked for. */
export function fetchChanges(
  changes: ChangesQuery,
  limit: number,
  signal: AbortSignal,
): Promise<Answer<ChangesAnswer>> {
  return call(`/history${queryOf({ ...changes, limit })}`, {}, signal);
}

/** `manifest`: the address of the stream's HLS manifest, to stand in it; empty: a place for it. */
export function fetchSnippet(
  key: string,
  manifest: string,
  signal: AbortSignal,
): Promise<Answer<{ readonly html: string }>> {
  return call(`/streams/${named(key)}/snippet${queryOf({ manifest })}`, {}, signal);
}

export function fetchGroups(signal: AbortSignal): Promise<Answer<GroupList>> {
  return call('/groups', {}, signal);
}
