import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Type, type Static, type TObject } from 'typebox';
import type { TokenKey } from '../schemas/index.js';
import { configurationError } from '../service/errors.js';

const keyText = {
  pattern: '^([A-Za-z0-9_-]{43})?$',
  default: '',
  secret: true,
};

/** The settings of whoever seals or unseals what stands in the registry's log. */
export const sealingSettings = {
  registry_key: Type.String({
    ...keyText,
    description:
      "Key by which the token keys' secrets are sealed in the registry's log, 32 random bytes as " +
      'base64url; empty: whoever reads Kafka reads them. The same on all trackers and portals.',
  }),
  registry_key_previous: Type.String({
    ...keyText,
    description:
      'The `registry_key` from before, until `vba-admin stream reseal` has sealed with the new one ' +
      'what was sealed with it.',
  }),
};

/**
 * A sealed secret is base64url as secrets are, so that readers of before there were sealed ones
 * fold the log alike: the mark, then key id, nonce, ciphertext and tag. A secret of random bytes
 * begins so once in 64^8.
 */
const mark = 'sealed1_';
const cipher = 'aes-256-gcm';
const keyIdBytes = 6;
const nonceBytes = 12;
const tagBytes = 16;

interface Key {
  readonly id: Buffer;
  readonly bytes: Buffer;
}

export type Unsealed =
  | { readonly kind: 'secret'; readonly secret: string }
  /** Nobody here has this key, or it isn't what the key sealed for this stream and kid. */
  | { readonly kind: 'unreadable'; readonly keyId: string; readonly isKnownKey: boolean };

/**
 * Seals secrets with AES-256-GCM (NIST SP 800-38D), each for its stream and kid alone. Without a
 * key it seals nothing, and reads what isn't sealed.
 */
export class Sealing {
  /** The first seals; all unseal. */
  readonly #keys: readonly Key[];

  constructor(keys: readonly string[] = []) {
    this.#keys = keys.map((text) => {
      const bytes = Buffer.from(text, 'base64url');
      return { bytes, id: createHash('sha256').update(bytes).digest().subarray(0, keyIdBytes) };
    });
  }

  /** Of the key that seals, in hex; undefined: there is none. Tells nothing of the key. */
  get keyId(): string | undefined {
    return this.#keys[0]?.id.toString('hex');
  }

  /** As the log shall have it: sealed by the present key, as far as that can be. */
  sealed(stream: string, { kid, secret }: TokenKey): TokenKey {
    const [key] = this.#keys;
    if (key === undefined || this.isSealedNow(secret)) return { kid, secret };
    const unsealed = this.unseal(stream, { kid, secret });
    // Who can't read it leaves it as it is, for those who can.
    if (unsealed.kind === 'unreadable') return { kid, secret };
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, key.bytes, nonce).setAAD(placeOf(stream, kid));
    const text = sealing.update(Buffer.from(unsealed.secret, 'base64url'));
    const sealedBytes = Buffer.concat([text, sealing.final()]);
    const whole = Buffer.concat([key.id, nonce, sealedBytes, sealing.getAuthTag()]);
    return { kid, secret: mark + whole.toString('base64url') };
  }

  /** True: sealed by the key that seals now. */
  isSealedNow(secret: string): boolean {
    const id = this.#keys[0]?.id;
    return (
      id !== undefined && isSealed(secret) && bytesOf(secret).subarray(0, keyIdBytes).equals(id)
    );
  }

  unseal(stream: string, { kid, secret }: TokenKey): Unsealed {
    if (!isSealed(secret)) return { kind: 'secret', secret };
    const bytes = bytesOf(secret);
    const id = bytes.subarray(0, keyIdBytes);
    const key = this.#keys.find((candidate) => candidate.id.equals(id));
    const unreadable = { kind: 'unreadable', keyId: id.toString('hex') } as const;
    if (key === undefined) return { ...unreadable, isKnownKey: false };
    const nonce = bytes.subarray(keyIdBytes, keyIdBytes + nonceBytes);
    const text = bytes.subarray(keyIdBytes + nonceBytes, -tagBytes);
    try {
      const opening = createDecipheriv(cipher, key.bytes, nonce, { authTagLength: tagBytes });
      opening.setAAD(placeOf(stream, kid)).setAuthTag(bytes.subarray(-tagBytes));
      const opened = Buffer.concat([opening.update(text), opening.final()]);
      return { kind: 'secret', secret: opened.toString('base64url') };
    } catch {
      return { ...unreadable, isKnownKey: true };
    }
  }
}

/** What the settings say. Throws a StartError (configuration) where they don't go together. */
export function sealingOf(settings: Static<TObject<typeof sealingSettings>>): Sealing {
  const { registry_key: key, registry_key_previous: previous } = settings;
  if (key === '' && previous !== '') {
    throw configurationError('setting "registry_key_previous" has no use without "registry_key"');
  }
  return new Sealing([key, previous].filter((text) => text !== ''));
}

export function isSealed(secret: string): boolean {
  const overheadBytes = keyIdBytes + nonceBytes + tagBytes;
  return secret.startsWith(mark) && bytesOf(secret).length > overheadBytes;
}

function bytesOf(secret: string): Buffer {
  return Buffer.from(secret.slice(mark.length), 'base64url');
}

/** What a sealed secret is good for; no stream's key has a control character. */
function placeOf(stream: string, kid: string): Buffer {
  return Buffer.from(`${stream}\n${kid}`);
}
