import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * The page's session: a cookie that says till when it is good, signed with a key derived from the
 * portal's token. It holds no secret, needs no store, outlives a restart, and ends with the token.
 */
export class SessionCookies {
  readonly #key: Buffer;

  constructor(token: string) {
    this.#key = Buffer.from(hkdfSync('sha256', token, '', 'viblast portal session', 32));
  }

  /**
   * The cookie's value for a session that ends at `untilMs`. `id`: random, tells sessions apart.
   */
  make(untilMs: number, id: string): string {
    const content = `v1.${untilMs}.${id}`;
    return `${content}.${this.#sign(content)}`;
  }

  isValid(value: string, nowMs: number): boolean {
    const end = value.lastIndexOf('.');
    const content = value.slice(0, end);
    const [version, untilMs] = content.split('.');
    return (
      version === 'v1' &&
      isSameSecret(value.slice(end + 1), this.#sign(content)) &&
      nowMs < Number(untilMs)
    );
  }

  #sign(content: string): string {
    return createHmac('sha256', this.#key).update(content).digest('base64url');
  }
}

/** True: the texts are the same. Takes a time that tells nothing about where they differ. */
export function isSameSecret(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
