import { randomBytes } from 'node:crypto';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import { isSealed, type Sealing } from './sealing.js';
import type { RegisteredStream } from './types.js';

const secretBytes = 32;
const logEveryMs = 60_000;

/** Streams as trackers need them: their token keys' secrets as their issuers have them. */
export class UnsealedStreams {
  /** A stream that changes is another object. */
  readonly #unsealed = new WeakMap<RegisteredStream, RegisteredStream>();
  readonly #limitedLog: RateLimitedLog;

  constructor(
    private readonly sealing: Sealing,
    private readonly logger: Logger,
    now: () => number,
  ) {
    this.#limitedLog = new RateLimitedLog(now, logEveryMs);
  }

  /**
   * A secret that can't be unsealed becomes one that nobody knows: its tokens are refused, and the
   * stream stays closed to whoever has none.
   */
  of(stream: RegisteredStream): RegisteredStream {
    if (!stream.tokenKeys.some(({ secret }) => isSealed(secret))) return stream;
    let unsealed = this.#unsealed.get(stream);
    if (unsealed === undefined) {
      this.#unsealed.set(stream, (unsealed = this.#unseal(stream)));
    }
    return unsealed;
  }

  #unseal(stream: RegisteredStream): RegisteredStream {
    const tokenKeys = stream.tokenKeys.map((tokenKey) => {
      const { kid } = tokenKey;
      const unsealed = this.sealing.unseal(stream.key, tokenKey);
      if (unsealed.kind === 'secret') return { kid, secret: unsealed.secret };
      const { keyId, isKnownKey } = unsealed;
      const reason = isKnownKey
        ? 'it was sealed for another stream or kid, or was damaged'
        : 'registry_key and registry_key_previous are other keys';
      this.#limitedLog.log(`${stream.key} ${kid}`, (heldBack) =>
        this.logger.error(
          { stream: stream.key, kid, keyId, reason, heldBack },
          'a token key cannot be unsealed: its tokens are refused',
        ),
      );
      return { kid, secret: randomBytes(secretBytes).toString('base64url') };
    });
    return { ...stream, tokenKeys };
  }
}
