import type { RegisteredStream } from '../../registry/index.js';
import type { HoldbackGroup } from '../policy/session-policy.js';
import type { AskedPlace } from './asked-place.js';
import type { CountedViewers, HeldViewer, ViewerOrigin } from './counted-viewers.js';
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
    { infoHash, peerId }: { readonly infoHash: string; readonly peerId: string },
    group: HoldbackGroup | undefined,
    nowMs: number,
  ): void {
    if (!stream.countPlainSockets) return;
    let viewer = this.#held.get(stream.key);
    if (viewer === undefined) {
      const { session } = this.asked;
      viewer = this.viewers.hold(stream.key, { peerId, session }, this.origin, nowMs);
      this.#held.set(stream.key, viewer);
    }
    viewer.seen(peerId);
    const quality = torrentPolicyOf(stream).infoHashes.get(infoHash) ?? '';
    viewer.announce(stream, quality, group, nowMs);
  }

  release(nowMs: number): void {
    for (const viewer of this.#held.values()) viewer.release(nowMs);
    this.#held.clear();
  }
}
