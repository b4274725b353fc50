import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { testStream } from '../testing/test-parts.js';
import { admit } from './admission.js';
import type { JoinRequest } from './check.js';

const nowMs = 1_700_000_000_000;
const nowSeconds = nowMs / 1_000;
const session = 'AAAAAAAAAAAAAAAAAAAAAA';
const keys = { old: randomBytes(32), new: randomBytes(32) };
const tokenKeys = Object.entries(keys).map(([kid, secret]) => ({
  kid,
  secret: secret.toString('base64url'),
}));

const request = (changes: Partial<JoinRequest> = {}): JoinRequest => ({
  streamKey: 'arena',
  stream: testStream('arena'),
  session,
  token: undefined,
  origin: undefined,
  nowMs,
  ...changes,
});

interface TokenParts {
  readonly claims?: Record<string, unknown>;
  readonly kid?: string;
  readonly alg?: string;
  readonly secret?: Buffer;
  readonly expiresAt?: number | undefined;
}

async function sign(parts: TokenParts = {}): Promise<string> {
  const { claims = { stream: 'arena', session }, kid = 'new', alg = 'HS256' } = parts;
  const token = new SignJWT(claims).setProtectedHeader({ alg, kid });
  const expiresAt = 'expiresAt' in parts ? parts.expiresAt : nowSeconds + 60;
  if (expiresAt !== undefined) token.setExpirationTime(expiresAt);
  return token.sign(parts.secret ?? keys.new);
}

describe('admission', () => {
  it('knows only the streams of the registry that take viewers', async () => {
    expect(await admit(request())).toBeUndefined();
    expect(await admit(request({ stream: undefined }))).toMatchObject({ code: 'unknown_stream' });
    const stream = testStream('arena', { isArchived: true });
    expect(await admit(request({ stream }))).toMatchObject({ code: 'unknown_stream' });
  });

  it.each([
    ['https://tv.example', true],
    ['HTTPS://TV.EXAMPLE', true],
    ['http://tv.example', false],
    ['https://tv.example:8443', false],
    ['https://a.tv.example', false],
    ['null', false],
    [undefined, false],
  ])('compares the origin %s with the list: %s', async (origin, isAllowed) => {
    const stream = testStream('arena', {
      origins: ['https://other.example', 'https://tv.example/'],
    });
    const refusal = await admit(request({ stream, origin }));
    expect(refusal?.code).toBe(isAllowed ? undefined : 'origin_refused');
  });

  it.each([
    ['https://a.tv.example', true],
    ['https://b.a.tv.example', true],
    ['https://A.TV.example', true],
    ['https://tv.example', false],
    ['https://.tv.example', false],
    ['https://eviltv.example', false],
    ['http://a.tv.example', false],
    ['https://a.tv.example:8443', false],
    ['https://a.tv.example.evil.example', false],
    ['https://evil.example/.tv.example', false],
    [undefined, false],
  ])('lets a page of %s in where all names below one are listed: %s', async (origin, isAllowed) => {
    const stream = testStream('arena', { origins: ['https://*.tv.example'] });
    const refusal = await admit(request({ stream, origin }));
    expect(refusal?.code).toBe(isAllowed ? undefined : 'origin_refused');
  });

  const stream = testStream('arena', { tokenKeys });

  it('takes a token signed by any of the keys, by its kid', async () => {
    expect(await admit(request({ stream, token: await sign() }))).toBeUndefined();
    const token = await sign({ kid: 'old', secret: keys.old });
    expect(await admit(request({ stream, token }))).toBeUndefined();
  });

  it.each<[why: string, parts: TokenParts]>([
    ['is for another stream', { claims: { stream: 'other', session } }],
    ['is for another session', { claims: { stream: 'arena', session: 'x' } }],
    ['names no session', { claims: { stream: 'arena' } }],
    ['names no stream', { claims: { session } }],
    ['has expired', { expiresAt: nowSeconds - 6 }],
    ['never expires', { expiresAt: undefined }],
    ['has an unknown kid', { kid: 'lost' }],
    ['is signed by another key than its kid says', { secret: keys.old }],
    ['is signed with another algorithm', { alg: 'HS512', secret: randomBytes(64) }],
  ])('refuses a token that %s', async (_why, parts) => {
    const refusal = await admit(request({ stream, token: await sign(parts) }));
    expect(refusal?.code).toBe('token_refused');
  });

  it('refuses what is no signed token', async () => {
    const unsecured = new UnsecuredJWT({ stream: 'arena', session })
      .setExpirationTime(nowSeconds + 60)
      .encode();
    for (const token of [undefined, '', 'a.b.c', 'x'.repeat(4_096), unsecured]) {
      expect((await admit(request({ stream, token })))?.code).toBe('token_refused');
    }
  });
});
