import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../api/call.js';
import { attemptAt, openAttempt } from './creation-attempt.js';

const stream = { key: 'arena', title: 'Arena', countPlainSockets: true };
const problemOf = (status: number, code: string): Answer<unknown> => ({
  kind: 'problem',
  status,
  code,
  message: '',
  field: undefined,
});
const first = attemptAt(stream, undefined);

describe('a creation', () => {
  it.each([
    problemOf(503, 'registry_unavailable'),
    problemOf(502, 'unknown'),
    { kind: 'unreachable' },
    { kind: 'signed_out' },
  ] as const)('that may have taken effect is tried again by the same key, after %j', (answer) => {
    const open = openAttempt(first, answer);
    expect(attemptAt({ ...stream }, open).idempotencyKey).toBe(first.idempotencyKey);
  });

  it.each([problemOf(409, 'key_taken'), problemOf(422, 'idempotency_key_reused')])(
    'that was refused is tried again by another key, after %j',
    (answer) => {
      const open = openAttempt(first, answer);
      expect(attemptAt(stream, open).idempotencyKey).not.toBe(first.idempotencyKey);
    },
  );

  it('of something else has another key', () => {
    const open = openAttempt(first, { kind: 'unreachable' });
    const other = attemptAt({ ...stream, title: 'Another' }, open);
    expect(other.idempotencyKey).not.toBe(first.idempotencyKey);
  });
});
