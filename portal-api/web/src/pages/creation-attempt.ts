import type { Answer } from '../api/call.js';
import type { NewStream } from '../api/streams.js';

/** A creation that may have been made, though no answer has said so. */
export interface Attempt {
  readonly body: string;
  readonly idempotencyKey: string;
}

/** The earlier attempt where it was at the same stream, else a new one. */
export function attemptAt(stream: NewStream, earlier: Attempt | undefined): Attempt {
  const body = JSON.stringify(stream);
  return earlier?.body === body ? earlier : { body, idempotencyKey: newKey() };
}

/**
 * What a try to come has to be the same as: none where the answer says what came of this one. An
 * error of the server (5xx) doesn't: `registry_unavailable` may have taken effect.
 */
export function openAttempt(attempt: Attempt, answer: Answer<unknown>): Attempt | undefined {
  const isDecided = answer.kind === 'ok' || (answer.kind === 'problem' && answer.status < 500);
  return isDecided ? undefined : attempt;
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
