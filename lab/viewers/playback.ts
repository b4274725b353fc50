import type { Failure, PlayerState, ToldReason } from '../../schemas/index.js';
import type { ViewerProfile } from './model.js';
import type { Random } from '../../service/random.js';
import { exponential, jittered, logNormal } from './random.js';

/** What a peer gave. */
interface Given {
  readonly peer: string;
  readonly bytes: number;
}

/** How a report's bytes and time are bounded, and which of its peers are seeders. */
interface ReportBounds {
  readonly seeders?: ReadonlySet<string>;
  readonly coveredMsMax?: number;
  readonly uploadKbpsMax?: number;
}

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
  /** What each of the connected peers gave; adds up to `peerBytes` and `seederBytes`. */
  readonly fromPeers: readonly Given[];
  readonly bufferLengthMs: number;
  readonly liveLatencyMs: number;
  readonly encodedBitrateKbps: number | undefined;
  readonly throughputKbps: number;
  readonly droppedFrames: number;
  readonly errors: number;
  readonly cdnReason: ToldReason;
  /** What it tells only where there is something to tell. */
  readonly now: Partial<ToldNow>;
}

/** How the time passed that wasn't played or stalled, and what happened in it. */
interface ToldNow extends Readonly<Record<(typeof errorKinds)[number], number>> {
  readonly startingMs: number;
  readonly seekingMs: number;
  readonly pausedMs: number;
  readonly waitingMs: number;
  readonly qualitySwitches: number;
  readonly seederBytes: number;
  readonly connectionsTried: number;
  readonly connectionsMade: number;
  readonly failure: Failure;
}

const errorKinds = ['errorsNetwork', 'errorsMedia', 'errorsDrm', 'errorsPlayer'] as const;
const idleStates = ['seekingMs', 'pausedMs', 'waitingMs'] as const;
const idleShare = 0.05;
const errorShare = 0.01;
const failureShare = 0.003;
const failedConnectionShare = 0.1;

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

/**
 * One session's player: plays along the time it is given and reports what happened in between.
 * `peerShare`: of what its peers would give it.
 */
export class Playback {
  #reportedAtMs: number;
  #isStarted = false;
  #step: number;
  #strangeQuality: string | undefined;
  #nextStallAtMs: number;
  #nextSwitchAtMs: number;
  #switches = 0;
  #hasFailed = false;
  #peersBefore: ReadonlySet<string> = new Set();
  readonly #firstFrameAtMs: number;

  constructor(
    private readonly profile: ViewerProfile,
    private readonly random: Random,
    startedAtMs: number,
    private readonly peerShare = 1,
  ) {
    this.#reportedAtMs = startedAtMs;
    this.#firstFrameAtMs = startedAtMs + profile.startupMs;
    this.#step = this.#stepForBandwidth();
    this.#nextStallAtMs = this.#firstFrameAtMs + exponential(random, stallMeanGapMs);
    this.#nextSwitchAtMs = this.#firstFrameAtMs + exponential(random, switchMeanGapMs);
  }

  /**
   * Everything since the previous report, but no more than of the last `coveredMsMax`, given the
   * peers that were connected meanwhile. Where each sends `uploadKbpsMax` at most, nobody gets more
   * than that of them all: as much is sent as is got.
   */
  report(
    nowMs: number,
    peers: readonly string[],
    { seeders, coveredMsMax = Infinity, uploadKbpsMax = Infinity }: ReportBounds = {},
  ): PlaybackReport {
    const untilMs = Math.max(nowMs, this.#reportedAtMs);
    const fromMs = Math.max(this.#reportedAtMs, untilMs - coveredMsMax);
    const playedFromMs = Math.max(fromMs, this.#firstFrameAtMs);
    const sinceFirstFrameMs = Math.max(0, untilMs - playedFromMs);
    const idle = this.#idle(sinceFirstFrameMs);
    const availableMs = sinceFirstFrameMs - idle.ms;
    this.#reportedAtMs = untilMs;
    const isFirstFrame = !this.#isStarted && untilMs >= this.#firstFrameAtMs;
    this.#isStarted ||= isFirstFrame;
    const { stalls, stalledMs } = this.#stall(untilMs, availableMs);
    const watchedMs = availableMs - stalledMs;
    const rendition = this.profile.stream.ladder[this.#step];
    const bitrateKbps = rendition?.bitrateKbps ?? 0;
    const bytes = Math.round((bitrateKbps * watchedMs) / 8);
    const givenBytes = Math.min(
      bytes * this.peerShare * peerShareOf(peers.length),
      (uploadKbpsMax * Math.max(1, untilMs - fromMs)) / 8,
    );
    const fromPeers = this.#split(Math.floor(givenBytes), peers);
    const seederBytes = sumOf(fromPeers.filter(({ peer }) => seeders?.has(peer)));
    const peerBytes = sumOf(fromPeers) - seederBytes;
    const errors = this.random() < errorShare ? 1 : 0;
    const report: PlaybackReport = {
      segment: Math.floor(Math.max(0, nowMs - this.profile.liveLatencyMs) / segmentMs) % 1_000_000,
      state: this.#isStarted ? (stalledMs > watchedMs ? 'rebuffering' : 'playing') : 'starting',
      quality: this.#isStarted ? (this.#strangeQuality ?? rendition?.name) : undefined,
      watchedMs,
      stalledMs,
      stalls,
      startupMs: isFirstFrame ? this.profile.startupMs : undefined,
      cdnBytes: bytes - peerBytes - seederBytes,
      peerBytes,
      fromPeers,
      bufferLengthMs: this.#isStarted ? Math.round(jittered(this.random, 12_000, 0.5)) : 0,
      liveLatencyMs: this.profile.liveLatencyMs,
      encodedBitrateKbps: this.#isStarted ? bitrateKbps : undefined,
      throughputKbps: Math.round(jittered(this.random, this.profile.throughputKbps, 0.2)),
      droppedFrames: this.random() < 0.1 ? Math.floor(this.random() * 20) : 0,
      errors,
      cdnReason: this.#cdnReason(peers),
      now: onlyWhatIs({
        ...idle.told,
        ...this.#errorsByKind(errors),
        startingMs: Math.max(0, playedFromMs - fromMs - Math.max(0, playedFromMs - untilMs)),
        qualitySwitches: this.#switches,
        seederBytes,
        ...this.#connections(peers),
        failure: this.#failure(),
      }),
    };
    this.#switches = 0;
    // A switch takes effect with the next report: an announce has one quality.
    if (untilMs >= this.#nextSwitchAtMs) this.#switchQuality(untilMs);
    return report;
  }

  /** Part of the time may be neither played nor stalled. */
  #idle(ms: number): { readonly ms: number; readonly told: Partial<ToldNow> } {
    if (this.random() >= idleShare) return { ms: 0, told: {} };
    const idleMs = Math.floor(ms * this.random());
    const state = idleStates[Math.floor(this.random() * idleStates.length)] ?? 'pausedMs';
    return { ms: idleMs, told: { [state]: idleMs } };
  }

  /** One error is of one kind, or of none of these. */
  #errorsByKind(errors: number): Partial<ToldNow> {
    const kind = errorKinds[Math.floor(this.random() * (errorKinds.length + 1))];
    return errors === 0 || kind === undefined ? {} : { [kind]: errors };
  }

  #connections(peers: readonly string[]): Partial<ToldNow> {
    const connectionsMade = peers.filter((peer) => !this.#peersBefore.has(peer)).length;
    this.#peersBefore = new Set(peers);
    const failed = this.random() < failedConnectionShare ? 1 : 0;
    return { connectionsTried: connectionsMade + failed, connectionsMade };
  }

  /** Few fail, and each once. */
  #failure(): Failure {
    if (this.#hasFailed || this.random() >= failureShare) return 'none';
    this.#hasFailed = true;
    if (this.#isStarted) return 'playback_failed';
    return this.random() < 0.5 ? 'start_failed' : 'start_given_up';
  }

  #cdnReason(peers: readonly string[]): ToldReason {
    if (!this.#isStarted) return 'starting';
    return peers.length > 0 ? 'connected' : 'unconnected';
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

  #split(bytes: number, peers: readonly string[]): readonly Given[] {
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
    const step = Math.min(wanted, this.#stepForBandwidth() + 1);
    if (step !== this.#step) this.#switches += 1;
    this.#step = step;
    const strange = this.random() / strangeQualityShare;
    this.#strangeQuality = strangeQualities[Math.floor(strange * strangeQualities.length)];
    this.#nextSwitchAtMs = nowMs + exponential(this.random, switchMeanGapMs);
  }
}

function sumOf(given: readonly Given[]): number {
  return given.reduce((sum, { bytes }) => sum + bytes, 0);
}

function onlyWhatIs(told: Partial<ToldNow>): Partial<ToldNow> {
  return Object.fromEntries(
    Object.entries(told).filter(([, value]) => value !== 0 && value !== 'none'),
  );
}
