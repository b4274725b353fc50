import { describe, expect, it } from '@jest/globals';
import type { Identity } from './identities.js';
import { portalLimits } from './limits.js';
import { Sessions } from './sessions.js';

const identity: Identity = {
  actor: { name: 'user:ann', role: 'viewer', groups: ['a'] },
  seal: 'first',
  endsAtMs: Infinity,
};

function sessions(secret = 'the portal’s token') {
  const known = { identity: identity as Identity | undefined, nowMs: 1_000 };
  const identities = {
    byToken: () => undefined,
    byPassword: () => Promise.resolve(undefined),
    byName: (name: string) => (name === 'user:ann' ? known.identity : undefined),
  };
  const now = (): number => known.nowMs;
  return { known, all: new Sessions({ secret, identities, sessionMs: 1_000, now }) };
}

describe('a session', () => {
  it('is of who began it, till its time', () => {
    const { known, all } = sessions();
    const { cookie, untilMs } = all.begin(identity);
    expect(untilMs).toBe(2_000);
    expect(all.read(cookie)).toMatchObject({ identity, untilMs });
    known.nowMs = 2_000;
    expect(all.read(cookie)).toBeUndefined();
  });

  it('ends with what was shown for it, at the latest', () => {
    const { all } = sessions();
    expect(all.begin({ ...identity, endsAtMs: 1_500 }).untilMs).toBe(1_500);
  });

  it('has the role that its holder has now, and ends with the holder or another password', () => {
    const { known, all } = sessions();
    const { cookie } = all.begin(identity);
    known.identity = { ...identity, actor: { ...identity.actor, role: 'editor' } };
    expect(all.read(cookie)?.identity.actor.role).toBe('editor');
    known.identity = { ...identity, seal: 'second' };
    expect(all.read(cookie)).toBeUndefined();
    known.identity = undefined;
    expect(all.read(cookie)).toBeUndefined();
  });

  it('is what the portal signed, unchanged, with this secret', () => {
    const { all } = sessions();
    const { cookie } = all.begin(identity);
    const parts = cookie.split('.');
    for (const index of parts.keys()) {
      const forged = parts.map((part, place) => (place === index ? `${part}9` : part)).join('.');
      expect(all.read(forged)).toBeUndefined();
    }
    for (const text of ['', 'v2', '....', `${cookie}.x`, 'v2.9.a.b.c']) {
      expect(all.read(text)).toBeUndefined();
    }
    expect(sessions('another one').all.read(cookie)).toBeUndefined();
    expect(cookie).not.toContain('first');
  });

  it('that was signed out is over, and others of the same user are not', () => {
    const { all } = sessions();
    const [one, other] = [all.begin(identity).cookie, all.begin(identity).cookie];
    const session = all.read(one);
    if (session === undefined) throw new Error('it has begun');
    all.end(session);
    expect(all.read(one)).toBeUndefined();
    expect(all.read(other)).toBeDefined();
  });

  it('that was signed out is forgotten when ever so many more were', () => {
    const { all } = sessions();
    const { cookie } = all.begin(identity);
    const session = all.read(cookie);
    if (session === undefined) throw new Error('it has begun');
    all.end(session);
    for (let count = 1; count < portalLimits.endedSessionsMax; count += 1) {
      all.end({ ...session, id: String(count) });
    }
    expect(all.read(cookie)).toBeUndefined();
    all.end({ ...session, id: 'one more' });
    expect(all.read(cookie)).toBeDefined();
  });
});
