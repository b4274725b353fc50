import type { ErrorCode, SignalKind, SignalMessage } from '../../protocol/index.js';

/** What another tracker says of a signal that didn't reach its peer. */
export interface RefusedSignal {
  readonly code: ErrorCode;
  readonly kind: SignalKind;
  readonly negotiation: string;
}

/** What others may want of a session that has joined. */
export interface JoinedSession {
  isIn(stream: string): boolean;
  /** True: its viewer reads too slowly to be sent signals besides what it has asked for. */
  readonly isBusy: boolean;
  /** Passes a signal on to its viewer. */
  relay(from: string, signal: SignalMessage): void;
  /** A signal that went to another tracker hasn't reached its peer there. */
  signalRefused(to: string, refused: RefusedSignal): void;
  /** A later connection of the same session has joined: this one finds no peers any more. */
  supersede(): void;
}

/**
 * Who has joined: by peer id, for signals; by session, so that a viewer who comes back replaces the
 * connection it lost.
 */
export class SessionDirectory {
  readonly #byPeer = new Map<string, JoinedSession>();
  readonly #bySession = new Map<string, JoinedSession>();

  get size(): number {
    return this.#byPeer.size;
  }

  /** Adds a session that has joined; returns an earlier connection of the same session. */
  add(peer: string, sessionKey: string, session: JoinedSession): JoinedSession | undefined {
    const earlier = this.#bySession.get(sessionKey);
    this.#byPeer.set(peer, session);
    this.#bySession.set(sessionKey, session);
    return earlier;
  }

  remove(peer: string, sessionKey: string, session: JoinedSession): void {
    this.#byPeer.delete(peer);
    if (this.#bySession.get(sessionKey) === session) this.#bySession.delete(sessionKey);
  }

  byPeer(peer: string): JoinedSession | undefined {
    return this.#byPeer.get(peer);
  }
}
