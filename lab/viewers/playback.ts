import type { PlayerState } from '../../schemas/index.js';
import type { ViewerProfile } from './model.js';
import type { Random } from '../../service/random.js';
import { exponential, jittered, logNormal } from './random.js';

/** What a session did since its previous report. Bytes and milliseconds are whole numbers. */
export interface PlaybackReport {
  readonly segment: number;
  readonly state: PlayerState;
  /** Undefined before the first frame. */
  readonly quality: string | undefined;
  readonly watchedMs: number;
  readonly stalledMs: number;
  readonly stalls: number;
  /** Once a session. */
  readonly startupMs: number | undefined;
  readonly cdnBytes: number;
  readonly peerBytes: number;
  /** What each of the connected peers gave; adds up to `peerBytes`. */
  readonly fromPeers: readonly { readonly peer: string; readonly bytes: number }[];
  readonly bufferLengthMs: number;
  readonly liveLatencyMs: number;
  readonly encodedBitrateKbps: number | undefined;
  readonly throughputKbps: number;
  readonly droppedFrames: number;
  readonly errors: number;
}

export const segmentMs = 4_000;
const stallMeanGapMs = 90_000;
const stallMedianMs = 600;
const switchMeanGapMs = 45_000;
/**
 * What a player says that writes qualities its own way: it must be counted by its usual name where
 * the stream lists none, else as 'other' or as the rendition of that height.
 */
const strangeQualities = ['auto-experimental', '1280x720@50', '1078p', '1080', '720P'];
const strangeQualityShare = 0.03;
/** However many peers there are: the first seconds of a session need the CDN. */
const peerShareMax = 0.85;
/** What is left to the CDN shrinks by this factor with each connected peer. */
const cdnFactorPerPeer = 0.6;
/** The share of a session's bytes that comes from its peers. */
export function peerShareOf(connectedPeers: number): number {
  return peerShareMax * (1 - cdnFactorPerPeer ** connectedPeers);
}

/** One session's player: plays along the time it is given and reports what happened in between. */
export class Playback {
  #reportedAtMs: number;
  #isStarted = false;
  #step: number;
  #strangeQuality: string | undefined;
  #nextStallAtMs: number;
  #nextSwitchAtMs: number;
  readonly #firstFrameAtMs: number;

  constructor(
    private readonly profile: ViewerProfile,
    private readonly random: Random,
    startedAtMs: number,
  ) {
    this.#reportedAtMs = startedAtMs;
    this.#firstFrameAtMs = startedAtMs + profile.startupMs;
    this.#step = this.#stepForBandwidth();
    this.#nextStallAtMs = this.#firstFrameAtMs + exponential(random, stallMeanGapMs);
    this.#nextSwitchAtMs = this.#firstFrameAtMs + exponential(random, switchMeanGapMs);
  }

  /**
   * Everything since the previous report, but no more than of the last `coveredMsMax`, given the
   * peers that were connected meanwhile.
   */
  report(nowMs: number, peers: readonly string[], coveredMsMax = Infinity): PlaybackReport {
    const untilMs = Math.max(nowMs, this.#reportedAtMs);
    const fromMs = Math.max(this.#reportedAtMs, untilMs - coveredMsMax);
    const playedFromMs = Math.max(fromMs, this.#firstFrameAtMs);
    const availableMs = Math.max(0, untilMs - playedFromMs);
    this.#reportedAtMs = untilMs;
    const isFirstFrame = !this.#isStarted && untilMs >= this.#firstFrameAtMs;
    this.#isStarted ||= isFirstFrame;
    const { stalls, stalledMs } = this.#stall(untilMs, availableMs);
    const watchedMs = availableMs - stalledMs;
    const rendition = this.profile.stream.ladder[this.#step];
    const bitrateKbps = rendition?.bitrateKbps ?? 0;
    const bytes = Math.round((bitrateKbps * watchedMs) / 8);
    const fromPeers = this.#split(Math.floor(bytes * peerShareOf(peers.length)), peers);
    const peerBytes = fromPeers.reduce((sum, part) => sum + part.bytes, 0);
    const report: PlaybackReport = {
      segment: Math.floor(Math.max(0, nowMs - this.profile.liveLatencyMs) / segmentMs) % 1_000_000,
      state: this.#isStarted ? (stalledMs > watchedMs ? 'rebuffering' : 'playing') : 'starting',
      quality: this.#isStarted ? (this.#strangeQuality ?? rendition?.name) : undefined,
      watchedMs,
      stalledMs,
      stalls,
      startupMs: isFirstFrame ? this.profile.startupMs : undefined,
      cdnBytes: bytes - peerBytes,
      peerBytes,
      fromPeers,
      bufferLengthMs: this.#isStarted ? Math.round(jittered(this.random, 12_000, 0.5)) : 0,
      liveLatencyMs: this.profile.liveLatencyMs,
      encodedBitrateKbps: this.#isStarted ? bitrateKbps : undefined,
      throughputKbps: Math.round(jittered(this.random, this.profile.throughputKbps, 0.2)),
      droppedFrames: this.random() < 0.1 ? Math.floor(this.random() * 20) : 0,
      errors: this.random() < 0.01 ? 1 : 0,
    };
    // A switch takes effect with the next report: an announce has one quality.
    if (untilMs >= this.#nextSwitchAtMs) this.#switchQuality(untilMs);
    return report;
  }

  #stall(
    untilMs: number,
    availableMs: number,
  ): { readonly stalls: number; readonly stalledMs: number } {
    let stalls = 0;
    let stalledMs = 0;
    while (this.#nextStallAtMs <= untilMs && stalls < 100) {
      stalls += 1;
      stalledMs += Math.round(logNormal(this.random, stallMedianMs, 0.9));
      this.#nextStallAtMs += exponential(this.random, stallMeanGapMs);
    }
    return { stalls, stalledMs: Math.min(stalledMs, availableMs) };
  }

  #split(
    bytes: number,
    peers: readonly string[],
  ): readonly { readonly peer: string; readonly bytes: number }[] {
    if (peers.length === 0) return [];
    const each = Math.floor(bytes / peers.length);
    return peers.map((peer) => ({ peer, bytes: each }));
  }

  #stepForBandwidth(): number {
    const usableKbps = this.profile.throughputKbps * 0.8;
    const step = this.profile.stream.ladder.findLastIndex(
      ({ bitrateKbps }) => bitrateKbps <= usableKbps,
    );
    return Math.max(0, step);
  }

  #switchQuality(nowMs: number): void {
    const highest = this.profile.stream.ladder.length - 1;
    const direction = this.random() < 0.5 ? -1 : 1;
    const wanted = Math.min(highest, Math.max(0, this.#step + direction));
    this.#step = Math.min(wanted, this.#stepForBandwidth() + 1);
    const strange = this.random() / strangeQualityShare;
    this.#strangeQuality = strangeQualities[Math.floor(strange * strangeQualities.length)];
    this.#nextSwitchAtMs = nowMs + exponential(this.random, switchMeanGapMs);
  }
}
