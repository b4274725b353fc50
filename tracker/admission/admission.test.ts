import { describe, expect, it } from '@jest/globals';
import { createHmac, randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { RegisteredStream } from '../../registry/index.js';
import { testStream } from '../testing/test-parts.js';
import { admit } from './admission.js';
import type { JoinRequest, RefusedJoin } from './check.js';
import { makeTicket, type TicketTimes } from './ticket.js';

const nowMs = 1_700_000_000_000;
const nowSeconds = nowMs / 1_000;
const session = 'AAAAAAAAAAAAAAAAAAAAAA';
const keys = { old: randomBytes(32), new: randomBytes(32) };
const tokenKeys = Object.entries(keys).map(([kid, secret]) => ({
  kid,
  secret: secret.toString('base64url'),
}));

const hourMs = 3_600_000;
const ticketTimes: TicketTimes = { lifetimeMs: 12 * hourMs, totalMs: 48 * hourMs };

const request = (changes: Partial<JoinRequest> = {}): JoinRequest => ({
  streamKey: 'arena',
  stream: testStream('arena'),
  session,
  token: undefined,
  ticket: undefined,
  ticketTimes,
  origin: undefined,
  nowMs,
  ...changes,
});

/** Why the request is refused; undefined: it isn't. */
async function refusal(changes: Partial<JoinRequest> = {}): Promise<RefusedJoin | undefined> {
  const admission = await admit(request(changes));
  return admission.ok ? undefined : admission.code;
}

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
  it('decides at once where no token is asked for, and by the first check that refuses', () => {
    expect(admit(request())).toEqual({ ok: true, grant: undefined });
    const stream = testStream('arena', { origins: ['https://tv.example'], tokenKeys });
    expect(admit(request({ stream }))).toMatchObject({ code: 'origin_refused' });
    expect(admit(request({ stream, origin: 'https://tv.example' }))).toBeInstanceOf(Promise);
    const archived = testStream('arena', { origins: ['https://tv.example'], isArchived: true });
    expect(admit(request({ stream: archived }))).toMatchObject({ code: 'unknown_stream' });
  });

  it('knows only the streams of the registry that take viewers', async () => {
    expect(await refusal()).toBeUndefined();
    expect(await refusal({ stream: undefined })).toBe('unknown_stream');
    const stream = testStream('arena', { isArchived: true });
    expect(await refusal({ stream })).toBe('unknown_stream');
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
    expect(await refusal({ stream, origin })).toBe(isAllowed ? undefined : 'origin_refused');
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
    expect(await refusal({ stream, origin })).toBe(isAllowed ? undefined : 'origin_refused');
  });

  const stream = testStream('arena', { tokenKeys });

  it('takes a token signed by any of the keys, by its kid', async () => {
    expect(await refusal({ stream, token: await sign() })).toBeUndefined();
    const token = await sign({ kid: 'old', secret: keys.old });
    expect(await refusal({ stream, token })).toBeUndefined();
  });

  it.each<[why: string, parts: TokenParts]>([
    ['is for another stream', { claims: { stream: 'other', session } }],
    ['is for another session', { claims: { stream: 'arena', session: 'x' } }],
    ['names no session', { claims: { stream: 'arena' } }],
    ['names no stream', { claims: { session } }],
    ['has expired, of another key', { expiresAt: nowSeconds - 6, secret: keys.old }],
    [
      'has expired, for another session',
      { expiresAt: nowSeconds - 6, claims: { stream: 'arena', session: 'x' } },
    ],
    ['never expires', { expiresAt: undefined }],
    ['has an unknown kid', { kid: 'lost' }],
    ['is signed by another key than its kid says', { secret: keys.old }],
    ['is signed with another algorithm', { alg: 'HS512', secret: randomBytes(64) }],
  ])('refuses a token that %s', async (_why, parts) => {
    expect(await refusal({ stream, token: await sign(parts) })).toBe('token_refused');
  });

  it('refuses what is no signed token', async () => {
    const unsecured = new UnsecuredJWT({ stream: 'arena', session })
      .setExpirationTime(nowSeconds + 60)
      .encode();
    for (const token of [undefined, '', 'a.b.c', 'x'.repeat(4_096), unsecured]) {
      expect(await refusal({ stream, token })).toBe('token_refused');
    }
  });

  it('tells a right token that has expired apart from a wrong one', async () => {
    const token = await sign({ expiresAt: nowSeconds - 6 });
    expect(await refusal({ stream, token })).toBe('token_expired');
  });
});

describe('a ticket', () => {
  const stream = testStream('arena', { tokenKeys });
  const other = testStream('other', { tokenKeys });
  const ticketOf = (of: RegisteredStream, sinceMs = nowMs, madeMs = nowMs): string =>
    makeTicket(of, session, { kid: 'new', sinceMs }, ticketTimes, madeMs) ?? '';
  const ticket = ticketOf(stream);
  const expiredToken = (): Promise<string> => sign({ expiresAt: nowSeconds - 3_600 });

  it('lets in who has no token, or one that has expired, and keeps when the first one came', async () => {
    for (const token of [undefined, await expiredToken()]) {
      const later = nowMs + 11 * hourMs;
      expect(await admit(request({ stream, ticket, token, nowMs: later }))).toEqual({
        ok: true,
        grant: { kid: 'new', sinceMs: nowMs },
      });
    }
  });

  it('does not let in who has a wrong token beside it', async () => {
    const token = await sign({ secret: keys.old });
    expect(await refusal({ stream, ticket, token })).toBe('token_refused');
  });

  it('is passed over where the token is right, which begins the total time anew', async () => {
    const token = await sign({ kid: 'old', secret: keys.old });
    const grant = { kid: 'old', sinceMs: nowMs };
    expect(await admit(request({ stream, ticket: 'x', token }))).toEqual({ ok: true, grant });
  });

  it.each([
    ['its time', 12.1 * hourMs, nowMs, nowMs],
    ['the total time of all that renewed it', 7.1 * hourMs, nowMs - 41 * hourMs, nowMs],
  ])('has expired after %s, and says so', async (_what, afterMs, sinceMs, madeMs) => {
    const old = ticketOf(stream, sinceMs, madeMs);
    const at = (ms: number) => ({ stream, ticket: old, nowMs: madeMs + ms });
    expect(await refusal(at(afterMs - 0.2 * hourMs))).toBeUndefined();
    expect(await refusal(at(afterMs))).toBe('token_expired');
    expect(await refusal({ ...at(afterMs), token: await expiredToken() })).toBe('token_expired');
  });

  it('has expired when a tracker has less time for all of them than the one before', async () => {
    const shorter = { ...ticketTimes, totalMs: hourMs };
    const after = (ms: number) => ({ stream, ticket, ticketTimes: shorter, nowMs: nowMs + ms });
    expect(await refusal(after(0.9 * hourMs))).toBeUndefined();
    expect(await refusal(after(1.1 * hourMs))).toBe('token_expired');
  });

  it('is not made when the total time is over, or its key is gone', () => {
    const grant = { kid: 'new', sinceMs: nowMs - 48 * hourMs };
    expect(makeTicket(stream, session, grant, ticketTimes, nowMs)).toBeUndefined();
    const lost = { kid: 'lost', sinceMs: nowMs };
    expect(makeTicket(stream, session, lost, ticketTimes, nowMs)).toBeUndefined();
  });

  it('ends with its token key, also when the same kid has another secret', async () => {
    const left = tokenKeys.filter(({ kid }) => kid === 'old');
    const replaced = [...left, { kid: 'new', secret: randomBytes(32).toString('base64url') }];
    for (const changed of [left, replaced]) {
      const after = testStream('arena', { tokenKeys: changed });
      expect(await refusal({ stream: after, ticket })).toBe('token_refused');
    }
  });

  it.each<[why: string, changes: Partial<JoinRequest>]>([
    ['of another stream', { ticket: ticketOf(other) }],
    ['for another session', { session: 'BBBBBBBBBBBBBBBBBBBBBA' }],
    ['that was cut', { ticket: ticket.slice(0, -2) }],
    ['with more behind it', { ticket: `${ticket}.x` }],
    ['that is empty', { ticket: '' }],
    ['that is no JSON', { ticket: `${Buffer.from('[').toString('base64url')}.x` }],
    ['that says null', { ticket: `${Buffer.from('null').toString('base64url')}.x` }],
    ['that says nothing', { ticket: `${Buffer.from('{}').toString('base64url')}.x` }],
    ['with a later end', { ticket: changed({ untilMs: nowMs + 1e9 }) }],
    ['with a later beginning', { ticket: changed({ sinceMs: nowMs + 1e9 }) }],
    ['of another kid', { ticket: changed({ kid: 'old' }) }],
  ])('is refused where it is one %s', async (_why, changes) => {
    expect(await refusal({ stream, ticket, ...changes })).toBe('token_refused');
  });

  function changed(changes: object): string {
    const [text = '', signature = ''] = ticket.split('.');
    const content = JSON.parse(Buffer.from(text, 'base64url').toString()) as object;
    const other = Buffer.from(JSON.stringify({ ...content, ...changes })).toString('base64url');
    return `${other}.${signature}`;
  }

  it('is no join token, and a join token is no ticket', async () => {
    expect(await refusal({ stream, token: ticket })).toBe('token_refused');
    expect(await refusal({ stream, ticket: await sign() })).toBe('token_refused');
    const [text = ''] = ticket.split('.');
    const byTokenKey = createHmac('sha256', keys.new).update(text).digest('base64url');
    expect(await refusal({ stream, ticket: `${text}.${byTokenKey}` })).toBe('token_refused');
  });

  it('is not needed where the stream asks for no token, and opens nothing that is closed', async () => {
    expect(await refusal({ ticket: 'x' })).toBeUndefined();
    const archived = testStream('arena', { tokenKeys, isArchived: true });
    expect(await refusal({ stream: archived, ticket })).toBe('unknown_stream');
    const elsewhere = testStream('arena', { tokenKeys, origins: ['https://tv.example'] });
    expect(await refusal({ stream: elsewhere, ticket })).toBe('origin_refused');
  });
});
