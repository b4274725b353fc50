import { describe, expect, it } from '@jest/globals';
import type { Answer } from './api/call.js';
import type { SessionAnswer } from './api/shapes.js';
import { sessionAfter, whyNotSignedOut, type SessionState } from './session-state.js';

const busy: Answer<never> = {
  kind: 'problem',
  status: 429,
  code: 'too_many_requests',
  message: 'too many requests',
  field: undefined,
};

const sessionOf = (name: string): SessionAnswer => ({
  name,
  role: 'editor',
  groups: null,
  untilMs: null,
});
const answerOf = (name: string): Answer<SessionAnswer> => ({
  kind: 'ok',
  value: sessionOf(name),
  entityTag: '',
});
const ofAnn: SessionState = {
  kind: 'signed_in',
  session: sessionOf('user:ann'),
  hasEnded: false,
  trouble: '',
};
const asking: SessionState = { kind: 'asking', trouble: '' };
const signedOut: SessionState = { kind: 'signed_out', trouble: '' };

describe('who is signed in, asked again', () => {
  it('stays who it was, with what that user may do by now', () => {
    const session = { ...sessionOf('user:ann'), role: 'viewer' } as const;
    const answer = { kind: 'ok', value: session, entityTag: '' } as const;
    expect(sessionAfter(ofAnn, answer)).toEqual({ ...ofAnn, session });
    expect(sessionAfter({ ...ofAnn, hasEnded: true }, answer)).toEqual({ ...ofAnn, session });
  });

  it('is another one where another tab signed in, which is told', () => {
    const after = sessionAfter(ofAnn, answerOf('user:bob'));
    expect(after).toMatchObject({ session: { name: 'user:bob' }, hasEnded: false });
    expect(after.trouble).toBe('Another tab signed in as user:bob: the page of user:ann has ended');
  });

  it('is nobody where the session has ended, and what the page has stays for who had it', () => {
    expect(sessionAfter(ofAnn, { kind: 'signed_out' })).toEqual({ ...ofAnn, hasEnded: true });
    expect(sessionAfter(asking, { kind: 'signed_out' })).toEqual(signedOut);
  });

  it('stays as it was where nothing was heard, or is not known yet', () => {
    for (const failure of [{ kind: 'unreachable' } as const, busy]) {
      expect(sessionAfter(ofAnn, failure)).toBe(ofAnn);
      expect(sessionAfter(signedOut, failure)).toBe(signedOut);
      expect(sessionAfter(asking, failure)).toEqual({ kind: 'unreachable', trouble: '' });
    }
  });
});

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
