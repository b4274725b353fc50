import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isSealed, Sealing, sealingOf } from './sealing.js';
import { streamError } from './stream-rules.js';
import { streamNamed } from './testing/examples.js';

const keyText = (): string => randomBytes(32).toString('base64url');
const [first, second] = [keyText(), keyText()];
const secretText = (bytes: number): string => randomBytes(bytes).toString('base64url');
const tokenKey = { kid: 'k1', secret: secretText(32) };

describe('a sealed secret', () => {
  it('is unsealed by its key alone, and tells nothing of itself', () => {
    const sealed = new Sealing([first]).sealed('arena', tokenKey);
    expect(sealed.secret).not.toContain(tokenKey.secret);
    expect(new Sealing([first]).unseal('arena', sealed)).toEqual({
      kind: 'secret',
      secret: tokenKey.secret,
    });
    const keyId = new Sealing([first]).keyId;
    const unknown = { kind: 'unreadable', keyId, isKnownKey: false };
    expect(new Sealing([second]).unseal('arena', sealed)).toEqual(unknown);
    expect(new Sealing().unseal('arena', sealed)).toEqual(unknown);
  });

  it('is good for its stream and kid alone', () => {
    const sealing = new Sealing([first]);
    const { secret } = sealing.sealed('arena', tokenKey);
    const others = [
      sealing.unseal('other', { kid: 'k1', secret }),
      sealing.unseal('arena', { kid: 'k2', secret }),
    ];
    for (const other of others)
      expect(other).toMatchObject({ kind: 'unreadable', isKnownKey: true });
  });

  it('is a secret by the rules of all readers, also of before there were sealed ones', () => {
    const { secret } = new Sealing([first]).sealed('arena', tokenKey);
    expect(secret).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(
      streamError(streamNamed('arena', { tokenKeys: [{ kid: 'k1', secret }] })),
    ).toBeUndefined();
  });

  it('is unreadable, and nothing worse, whatever is changed in it', () => {
    const sealing = new Sealing([first]);
    const { secret } = sealing.sealed('arena', tokenKey);
    fc.assert(
      fc.property(fc.nat(secret.length - 2), fc.base64String({ minLength: 1 }), (at, text) => {
        const changed =
          secret.slice(0, at) + text.replace(/[^A-Za-z0-9]/g, '_') + secret.slice(at + 1);
        const unsealed = sealing.unseal('arena', { kid: 'k1', secret: changed });
        if (unsealed.kind === 'secret' && isSealed(changed)) {
          expect(unsealed.secret).toBe(tokenKey.secret);
        }
      }),
    );
  });

  it('comes to the same bytes whatever its length', () => {
    const sealing = new Sealing([first]);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 700 }), (bytes) => {
        const secret = Buffer.from(bytes).toString('base64url');
        const sealed = sealing.sealed('arena', { kid: 'k', secret });
        expect(sealing.unseal('arena', sealed)).toEqual({ kind: 'secret', secret });
      }),
    );
  });

  it('is another text each time, so that nobody sees that two are alike', () => {
    const sealing = new Sealing([first]);
    expect(sealing.sealed('arena', tokenKey)).not.toEqual(sealing.sealed('arena', tokenKey));
  });
});

describe('sealing', () => {
  it('leaves what its key has sealed, and what it cannot read', () => {
    const old = new Sealing([first]).sealed('arena', tokenKey);
    expect(new Sealing([first]).sealed('arena', old)).toEqual(old);
    expect(new Sealing([second]).sealed('arena', old)).toEqual(old);
  });

  it('seals anew by the present key what the previous one sealed', () => {
    const old = new Sealing([first]).sealed('arena', tokenKey);
    const both = new Sealing([second, first]);
    expect(both.isSealedNow(old.secret)).toBe(false);
    const fresh = both.sealed('arena', old);
    expect(both.isSealedNow(fresh.secret)).toBe(true);
    expect(new Sealing([second]).unseal('arena', fresh)).toMatchObject({ secret: tokenKey.secret });
  });

  it('without a key writes and reads as ever', () => {
    expect(new Sealing().sealed('arena', tokenKey)).toEqual(tokenKey);
    expect(new Sealing().unseal('arena', tokenKey)).toEqual({
      kind: 'secret',
      secret: tokenKey.secret,
    });
    expect(new Sealing().keyId).toBeUndefined();
  });

  it('needs a key where it is given a previous one', () => {
    const settings = { registry_key: '', registry_key_previous: second };
    expect(() => sealingOf(settings)).toThrow('registry_key_previous');
    expect(sealingOf({ ...settings, registry_key: first }).keyId).toBe(new Sealing([first]).keyId);
  });
});
