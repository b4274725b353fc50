import { createHash, timingSafeEqual } from 'node:crypto';
import { isPassword, tokenDigest, type Accounts } from '../accounts/index.js';
import { Turns } from '../service/turns.js';
import type { Actor } from './actor.js';
import { portalLimits } from './limits.js';

/** Somebody who has shown who they are, or did when a session began. */
export interface Identity {
  readonly actor: Actor;
  /** Changes with what was shown, so that sessions from before end; never told. */
  readonly seal: string;
  /** When it ends by itself, Unix ms; infinity: never. */
  readonly endsAtMs: number;
}

/**
 * The one place that says who somebody is. Another way to sign in, such as OIDC, is one more
 * method here, whose identity the session routes take as any other.
 */
export interface Identities {
  byToken(token: string): Identity | undefined;
  /** `busy`: too many passwords are being looked at. */
  byPassword(user: string, password: string): Promise<Identity | 'busy' | undefined>;
  /** Whom a session is of: undefined once there is no such user or token. */
  byName(name: string): Identity | undefined;
}

const ownName = 'api-token';

export interface KnownIdentitiesOptions {
  /** The portal's own token, for everything. */
  readonly token: string;
  readonly accounts: () => Accounts;
  readonly now: () => number;
}

/** Those of the portal's own token, and of the users' file as it is now. */
export class KnownIdentities implements Identities {
  /** A hash takes a core and 32 MiB: nobody may take them all by wrong passwords. */
  readonly #turns = new Turns(portalLimits.passwordsAtOnce, portalLimits.passwordsWaitingMax);
  readonly #own: Identity;

  constructor(private readonly options: KnownIdentitiesOptions) {
    const actor: Actor = { name: ownName, role: 'admin', groups: 'all' };
    // Sessions are signed by the portal's token: a new one ends them all.
    this.#own = { actor, seal: '', endsAtMs: Infinity };
  }

  byToken(token: string): Identity | undefined {
    if (isSameSecret(token, this.options.token)) return this.#own;
    const digest = tokenDigest(token);
    return this.#tokenWhere(({ sha256 }) => sha256 === digest);
  }

  async byPassword(user: string, password: string): Promise<Identity | 'busy' | undefined> {
    const end = await this.#turns.begin();
    if (end === undefined) return 'busy';
    try {
      const hash = this.#user(user)?.passwordHash;
      const isRight = await isPassword(password, hash);
      const identity = this.byName(`user:${user}`);
      // It may have been changed meanwhile.
      return isRight && identity?.seal === hash ? identity : undefined;
    } finally {
      end();
    }
  }

  byName(name: string): Identity | undefined {
    if (name === ownName) return this.#own;
    const [, kind, rest = ''] = /^(user|token):(.*)$/s.exec(name) ?? [];
    if (kind === 'token') return this.#tokenWhere((token) => token.name === rest);
    const user = kind === 'user' ? this.#user(rest) : undefined;
    if (user === undefined) return undefined;
    const { role, groups, passwordHash } = user;
    return { actor: { name, role, groups }, seal: passwordHash, endsAtMs: Infinity };
  }

  #user(wanted: string) {
    return this.options.accounts().users.find(({ name }) => name === wanted);
  }

  #tokenWhere(isWanted: (token: Accounts['tokens'][number]) => boolean): Identity | undefined {
    const token = this.options.accounts().tokens.find(isWanted);
    if (token === undefined || token.expiresAtMs <= this.options.now()) return undefined;
    const { role, groups, sha256, expiresAtMs } = token;
    const actor: Actor = { name: `token:${token.name}`, role, groups };
    return { actor, seal: sha256, endsAtMs: expiresAtMs };
  }
}

/** True: the texts are the same. Takes a time that tells nothing about where they differ. */
function isSameSecret(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
