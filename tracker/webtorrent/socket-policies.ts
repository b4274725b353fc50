import type { RegisteredStream, StreamOptions } from '../../registry/index.js';
import { torrentSocketLimits } from '../limits.js';
import {
  isCellular,
  sessionPolicyOf,
  type PolicySubject,
  type SessionPolicy,
} from '../policy/session-policy.js';
import type { PolicyFollower, StreamAudience } from '../policy/stream-audience.js';
import type { AskedPlace } from './asked-place.js';
import type { CountedViewers, FirstSeen } from './counted-viewers.js';

export interface SocketPoliciesParts {
  readonly audience: StreamAudience;
  readonly viewers: Pick<CountedViewers, 'sessionOf' | 'isSeeder'>;
}

/** As it announces first. */
type Client = Pick<FirstSeen, 'peerId' | 'isSeeder'>;

interface Known {
  readonly subject: PolicySubject;
  readonly name: string;
  options: StreamOptions;
  policy: SessionPolicy;
}

/**
 * How the streams' policies hold for one socket, which is one session in each stream whatever
 * peer_ids it has there: the one that its URL names, else the one that its viewer is counted as.
 */
export class SocketPolicies {
  /** By stream; the one that the socket announced in longest ago first. */
  readonly #known = new Map<string, Known>();

  constructor(
    private readonly parts: SocketPoliciesParts,
    private readonly asked: AskedPlace,
    private readonly follower: PolicyFollower,
    /** The block of its address. */
    private readonly address: string,
  ) {}

  /**
   * As the stream is now; with the first peer_id, which may be a seeder's, the socket is among the
   * stream's audience.
   */
  of({ key, options }: RegisteredStream, peerId: string, isSeeder: boolean): SessionPolicy {
    const known = this.#known.get(key) ?? this.#enter(key, options, { peerId, isSeeder });
    if (known.options !== options) {
      known.options = options;
      known.policy = sessionPolicyOf(known.subject, options);
    }
    this.#known.delete(key);
    this.#known.set(key, known);
    return known.policy;
  }

  release(): void {
    for (const [stream, known] of this.#known) this.#leave(stream, known);
  }

  #enter(stream: string, options: StreamOptions, client: Client): Known {
    const { audience, viewers } = this.parts;
    const [longestAgo] = this.#known;
    const isFull = this.#known.size >= torrentSocketLimits.swarmsPerSocketMax;
    if (isFull && longestAgo !== undefined) this.#leave(...longestAgo);
    const { session: named, viewer } = this.asked;
    const first = { ...client, session: named, viewer, address: this.address };
    const session = viewers.sessionOf(stream, first);
    const subject = {
      stream,
      session,
      isSeeder: viewers.isSeeder(stream, first),
      isCellular: isCellular(this.asked.connection),
    };
    const name = `${stream} ${session.toString('base64url')}`;
    audience.enter(stream, name, this.follower);
    return { subject, name, options, policy: sessionPolicyOf(subject, options) };
  }

  #leave(stream: string, { name }: Known): void {
    this.#known.delete(stream);
    this.parts.audience.leave(stream, name, this.follower);
  }
}
