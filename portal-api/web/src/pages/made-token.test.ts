import { expect, it } from '@jest/globals';
import type { Failure } from '../api/call.js';
import type { MadeToken } from '../api/shapes.js';
import { madeAfter } from './made-token.js';

const made: MadeToken = {
  name: 'ci',
  role: 'viewer',
  groups: null,
  createdAtMs: 1,
  expiresAtMs: 2,
  token: 'secret',
};

it('keeps the secret on the page when the next token is refused', () => {
  const refused = { status: 409, code: 'conflict', message: 'There is one', field: 'name' };
  const failures: readonly Failure[] = [
    { kind: 'problem', ...refused },
    { kind: 'unreachable' },
    { kind: 'signed_out' },
  ];
  for (const failure of failures) expect(madeAfter(failure, made)).toBe(made);
});

it('shows the one that was made last', () => {
  const next = { ...made, name: 'next' };
  expect(madeAfter({ kind: 'ok', value: next, entityTag: '' }, made)).toBe(next);
});
