import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Identities, Identity } from './identities.js';
import { portalLimits } from './limits.js';

export interface SessionsOptions {
  /** What sessions are signed by: the portal's token. */
  readonly secret: string;
  readonly identities: Identities;
  readonly sessionMs: number;
  readonly now: () => number;
}

export interface Session {
  readonly id: string;
  readonly identity: Identity;
  readonly untilMs: number;
}

/**
 * The page's sessions: cookies that say whose and till when they are, signed. They hold no secret,
 * need no store, and outlive a restart. One ends by its time, by another password, role's or
 * token's removal, by another portal token, and by signing out. That alone is remembered, in this
 * process, till the session would have ended by itself: a cookie that somebody copied before is
 * good until then at a portal beside it, unless the password changes.
 */
export class Sessions {
  readonly #key: Buffer;
  /** Ids of sessions that were signed out, with when they would have ended, in order. */
  readonly #ended = new Map<string, number>();

  constructor(private readonly options: SessionsOptions) {
    const { secret } = options;
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'viblast portal session', 32));
  }

  /** Begins a session, with an id that nobody knew before; `cookie` is what its holder shows. */
  begin(identity: Identity): { readonly cookie: string; readonly untilMs: number } {
    const { now, sessionMs } = this.options;
    const untilMs = Math.min(now() + sessionMs, identity.endsAtMs);
    const name = Buffer.from(identity.actor.name).toString('base64url');
    const content = `v2.${untilMs}.${randomBytes(16).toString('base64url')}.${name}`;
    return { cookie: `${content}.${this.#sign(content, identity)}`, untilMs };
  }

  /** The session that a cookie is of; undefined where there is none, or none any more. */
  read(cookie: string): Session | undefined {
    const [version, untilText = '', id = '', name = '', signature = ''] = cookie.split('.');
    const identity = this.options.identities.byName(Buffer.from(name, 'base64url').toString());
    if (version !== 'v2' || identity === undefined) return undefined;
    const content = cookie.slice(0, cookie.lastIndexOf('.'));
    if (!isSame(signature, this.#sign(content, identity))) return undefined;
    const untilMs = Number(untilText);
    if (this.options.now() >= untilMs || this.#ended.has(id)) return undefined;
    return { id, identity, untilMs };
  }

  /** Ends a session before its time. */
  end({ id, untilMs }: Session): void {
    const nowMs = this.options.now();
    for (const [first, endedMs] of this.#ended) {
      if (endedMs > nowMs && this.#ended.size < portalLimits.endedSessionsMax) break;
      this.#ended.delete(first);
    }
    this.#ended.set(id, untilMs);
  }

  #sign(content: string, { seal }: Identity): string {
    return createHmac('sha256', this.#key).update(`${content}\n${seal}`).digest('base64url');
  }
}

/** True: the texts are the same; takes as long wherever they differ. */
function isSame(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
