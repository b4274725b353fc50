import { ReusableFrame } from './frames.js';

const timeDigits = 13;
/** One of a live stream's segments. */
const segmentMs = 4_000;

export interface AnnouncingViewer {
  /** Watched since the announce before; the bytes go by it. */
  readonly watchedMs: number;
  readonly connectedPeers: readonly string[];
}

/** An announce as players send it, with all they can tell; made once, its digits written anew. */
export class AnnounceFrame {
  #frame: ReusableFrame | undefined;
  #digits = 0;
  #places = { number: 0, time: 0, segment: 0 };

  constructor(private readonly viewer: AnnouncingViewer) {}

  /** The bytes to send, good until the next call. */
  bytes(number: number, timeMs: number): Buffer {
    const told = String(number);
    if (this.#frame === undefined || told.length !== this.#digits) {
      this.#frame = this.#write(told);
      this.#digits = told.length;
    }
    this.#frame.put(this.#places.number, told);
    this.#frame.put(this.#places.time, String(timeMs));
    this.#frame.put(this.#places.segment, String(Math.floor(timeMs / segmentMs)));
    return this.#frame.bytes;
  }

  #write(number: string): ReusableFrame {
    const { watchedMs, connectedPeers } = this.viewer;
    const time = '1'.repeat(timeDigits);
    const segment = String(Math.floor(Number(time) / segmentMs));
    const text = JSON.stringify({
      type: 'announce',
      announces: [
        {
          number: Number(number),
          time: Number(time),
          segment: Number(segment),
          state: 'playing',
          quality: '720p',
          watchedMs,
          stalledMs: 0,
          stalls: 0,
          cdnBytes: watchedMs * 200,
          peerBytes: watchedMs * 425,
          uploadedBytes: watchedMs * 400,
          peers: connectedPeers.length,
          bufferLengthMs: 12_345,
          liveLatencyMs: 7_890,
          encodedBitrateKbps: 5_000,
          throughputKbps: 23_456,
          droppedFrames: 0,
          errors: 0,
        },
      ],
      peersWanted: 6,
      connectedPeers,
    });
    this.#places = {
      number: text.indexOf('"number":') + '"number":'.length,
      time: text.indexOf(time),
      segment: text.indexOf('"segment":') + '"segment":'.length,
    };
    return new ReusableFrame(text);
  }
}
