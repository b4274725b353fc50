import type { RegisteredStream } from '../../registry/index.js';

/** Somebody who is in a stream, and has to obey its policy. */
export interface PolicyFollower {
  /** The stream is another one now; to be obeyed before the call returns. */
  streamChanged(stream: RegisteredStream): void;
}

/** Who is in each stream on this tracker, whatever dialect they speak. */
export class StreamAudience {
  /** By stream, then by session as text; a session may have several sockets. */
  readonly #streams = new Map<string, Map<string, Set<PolicyFollower>>>();

  enter(stream: string, session: string, follower: PolicyFollower): void {
    const sessions = this.#streams.get(stream) ?? new Map<string, Set<PolicyFollower>>();
    const followers = sessions.get(session) ?? new Set();
    this.#streams.set(stream, sessions.set(session, followers.add(follower)));
  }

  leave(stream: string, session: string, follower: PolicyFollower): void {
    const sessions = this.#streams.get(stream);
    const followers = sessions?.get(session);
    followers?.delete(follower);
    if (followers?.size === 0) sessions?.delete(session);
    if (sessions?.size === 0) this.#streams.delete(stream);
  }

  /** Sessions that are there, each once. */
  sessionsIn(stream: string): number {
    return this.#streams.get(stream)?.size ?? 0;
  }

  /** All who are there obey from now on. */
  streamChanged(stream: RegisteredStream): void {
    for (const followers of this.#streams.get(stream.key)?.values() ?? []) {
      for (const follower of followers) follower.streamChanged(stream);
    }
  }
}
