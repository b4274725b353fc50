import type { ViewerSession } from './viewer-session.js';

/** Who has joined: by peer id, for signals; by session, so that a viewer who comes back replaces the connection it lost. */
export class SessionDirectory {
  readonly #byPeer = new Map<string, ViewerSession>();
  readonly #bySession = new Map<string, ViewerSession>();

  get size(): number {
    return this.#byPeer.size;
  }

  /** Adds a session that has joined; returns an earlier connection of the same session. */
  add(peer: string, sessionKey: string, session: ViewerSession): ViewerSession | undefined {
    const earlier = this.#bySession.get(sessionKey);
    this.#byPeer.set(peer, session);
    this.#bySession.set(sessionKey, session);
    return earlier;
  }

  remove(peer: string, sessionKey: string, session: ViewerSession): void {
    this.#byPeer.delete(peer);
    if (this.#bySession.get(sessionKey) === session) this.#bySession.delete(sessionKey);
  }

  byPeer(peer: string): ViewerSession | undefined {
    return this.#byPeer.get(peer);
  }
}
