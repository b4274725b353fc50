import type { RegisteredStream } from '../../registry/index.js';
import type { HoldbackGroup } from '../policy/session-policy.js';
import type { AskedPlace } from './asked-place.js';
import type { CountedViewers, FirstSeen, HeldViewer, ViewerOrigin } from './counted-viewers.js';
import { torrentPolicyOf } from './torrent-policy.js';

/**
 * The viewers behind one socket: one a stream, whatever peer_ids it has there. Players have another
 * one for each rendition, and for sound.
 */
export class SocketViewers {
  readonly #held = new Map<string, HeldViewer>();

  constructor(
    private readonly viewers: CountedViewers,
    private readonly asked: AskedPlace,
    private readonly origin: ViewerOrigin,
  ) {}

  /** Announces the viewer, where the stream asks for it. */
  seen(
    stream: RegisteredStream,
    { infoHash, ...client }: Pick<FirstSeen, 'peerId' | 'isSeeder'> & { readonly infoHash: string },
    group: HoldbackGroup | undefined,
    nowMs: number,
  ): void {
    if (!stream.countPlainSockets) return;
    let viewer = this.#held.get(stream.key);
    if (viewer === undefined) {
      const { session, viewer: named } = this.asked;
      const { address } = this.origin;
      const first = { ...client, session, viewer: named, address };
      viewer = this.viewers.hold(stream.key, first, this.origin, nowMs);
      this.#held.set(stream.key, viewer);
    }
    viewer.seen(client.peerId);
    const quality = torrentPolicyOf(stream).infoHashes.get(infoHash) ?? '';
    viewer.announce(stream, quality, group, nowMs);
  }

  release(nowMs: number): void {
    for (const viewer of this.#held.values()) viewer.release(nowMs);
    this.#held.clear();
  }
}
