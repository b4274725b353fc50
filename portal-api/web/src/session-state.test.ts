import { describe, expect, it } from '@jest/globals';
import type { Answer } from './api/call.js';
import { whyNotSignedOut } from './session-state.js';

const busy: Answer<never> = {
  kind: 'problem',
  status: 429,
  code: 'too_many_requests',
  message: 'too many requests',
  field: undefined,
};

describe('signing out', () => {
  it('is done where there is no session any more', () => {
    expect(whyNotSignedOut({ kind: 'ok', value: null, entityTag: '' })).toBe('');
    expect(whyNotSignedOut({ kind: 'signed_out' })).toBe('');
  });

  it('is not done where the portal refuses, or does not answer', () => {
    expect(whyNotSignedOut({ kind: 'unreachable' })).toBe(
      'Not signed out: the portal does not answer',
    );
    expect(whyNotSignedOut(busy)).toBe('Not signed out: too many requests');
  });
});
