import { describe, expect, it } from '@jest/globals';
import type { Answer } from './api/call.js';
import { whyLinkFailed } from './sign-in-link.js';

const refused = (code: string, message: string): Answer<never> => ({
  kind: 'problem',
  status: 401,
  code,
  message,
  field: undefined,
});

describe('a link that lets nobody in', () => {
  it('has a wrong token, or came too often, or was not heard: each is told', () => {
    expect(whyLinkFailed(refused('wrong_token', 'the token is wrong'))).toBe(
      "The link's token is wrong, or has ended",
    );
    expect(whyLinkFailed(refused('too_many_attempts', 'too many failed attempts: wait 9 s'))).toBe(
      "The link's token was not taken: too many failed attempts: wait 9 s",
    );
    expect(whyLinkFailed({ kind: 'unreachable' })).toBe(
      "The portal did not answer to the link's token: open the link again",
    );
  });

  it('is none that let somebody in', () => {
    expect(whyLinkFailed({ kind: 'ok', value: null, entityTag: '' })).toBe('');
  });
});
