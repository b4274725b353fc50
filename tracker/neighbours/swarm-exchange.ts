import type { SwarmSample, SwarmSamples } from '../../schemas/index.js';
import { networkText } from '../swarm/network.js';
import type { SwarmPeer } from '../swarm/swarm-peer.js';
import type { ToldPeer } from '../swarm/swarm.js';
import type { SwarmsElsewhere, SwarmStore } from '../swarm/swarm-store.js';
import { HeardSwarms } from './heard-swarms.js';
import { bounds } from './limits.js';
import { TellingPlan } from './telling-plan.js';
import { hasPassed } from '../../service/has-passed.js';

export interface SwarmExchangeOptions {
  /** Node name. */
  readonly tracker: string;
  readonly instance: string;
  readonly announceIntervalMs: number;
}

/**
 * What a tracker tells the others of its swarms, and is told: docs/neighbours.md. Plain data; the
 * clock is passed in, and what carries the records is somebody else's.
 */
export class SwarmExchange implements SwarmsElsewhere {
  readonly #plan = new TellingPlan();
  readonly #heard = new HeardSwarms(
    (swarm, instance, peers) => this.#swarms?.heardOf(swarm, instance, peers),
    (swarm) => this.#swarms?.isHere(swarm) === true,
  );
  #swarms: SwarmStore | undefined;
  #toldAtMs = -Infinity;
  #isLeaving = false;
  #hasLost = false;
  /** Nothing is kept for a beat before the first: there may never be one. */
  #isTelling = false;

  constructor(private readonly options: SwarmExchangeOptions) {}

  /** The store that this exchange was given to. */
  serve(swarms: SwarmStore): void {
    this.#swarms = swarms;
  }

  changed(swarm: string): void {
    // A record with one that no reader believes would be lost as a whole.
    if (this.#isTelling && swarm.length <= bounds.swarmLengthMax) this.#plan.soon(swarm);
  }

  toldOf(swarm: string): Iterable<readonly [instance: string, peers: readonly ToldPeer[]]> {
    return this.#heard.toldOf(swarm);
  }

  sizeOf(swarm: string): number {
    return this.#heard.sizeOf(swarm);
  }

  isAlive(instance: string): boolean {
    return this.#heard.isAlive(instance);
  }

  get figures() {
    return {
      trackers: this.#heard.instanceCount,
      swarmsTold: this.#plan.toldCount,
      swarmsHeard: this.#heard.swarmCount,
      peersHeard: this.#heard.peerCount,
    };
  }

  /** Nobody is to be told of this tracker's peers any more: the next beat says so. */
  leave(): void {
    this.#isLeaving = true;
    this.#toldAtMs = -Infinity;
  }

  /** It doesn't leave after all: the others are told of everybody again. */
  stay(): void {
    this.#isLeaving = false;
    this.#plan.allAgain();
  }

  /** Takes out whoever was silent for too long; to be asked every `beatMs`. */
  forgetOld(nowMs: number): void {
    const { announceIntervalMs } = this.options;
    this.#heard.forgetOld(nowMs, nowMs - bounds.forgottenIntervals * announceIntervalMs);
  }

  /** What is to be told now, if anything. */
  beat(nowMs: number): SwarmSamples | undefined {
    const { tracker, instance } = this.options;
    if (!this.#isTelling) this.#begin();
    const samples = this.#isLeaving ? [] : this.#samples(nowMs);
    const isKnown = this.#plan.toldCount > 0;
    const heartbeatMs = isKnown ? bounds.heartbeatMs : bounds.emptyHeartbeatMs;
    if (samples.length === 0 && !hasPassed(heartbeatMs, this.#toldAtMs, nowMs)) return undefined;
    this.#toldAtMs = nowMs;
    return { tracker, instance, written: nowMs, isLeaving: this.#isLeaving, samples };
  }

  /** They stand in the log. */
  arrived(): void {
    if (!this.#hasLost) return;
    this.#hasLost = false;
    this.#plan.allAgain();
  }

  /** They may not stand in the log, and others may have forgotten this tracker meanwhile. */
  lost(records: SwarmSamples): void {
    this.#hasLost = true;
    for (const { swarm } of records.samples) this.#plan.lost(swarm);
  }

  hear(record: SwarmSamples, nowMs: number): void {
    if (record.instance === this.options.instance) return;
    const { isNewTracker, newSwarms } = this.#heard.hear(record, nowMs);
    // Who is new here, or was away, or of whom we heard nothing, may know nothing of ours.
    if (isNewTracker) this.#plan.allAgain();
    const asked = record.samples.filter(({ asks }) => asks).map(({ swarm }) => swarm);
    for (const swarm of [...newSwarms, ...asked]) {
      if (this.#plan.toldPeers(swarm) !== undefined) this.#plan.again(swarm);
    }
  }

  /** Others are told from now on, of all that is here already. */
  #begin(): void {
    this.#isTelling = true;
    for (const swarm of this.#swarms?.keys() ?? []) this.changed(swarm);
  }

  /** As many as a record may hold; the others wait for the next beat. */
  #samples(nowMs: number): SwarmSample[] {
    const samples: SwarmSample[] = [];
    let peersLeft: number = bounds.peersPerRecordMax;
    for (const swarm of this.#plan.take(nowMs)) {
      const isFull = samples.length >= bounds.samplesMax || peersLeft < bounds.sampleMax;
      const sample = isFull ? undefined : this.#sampleOf(swarm, nowMs);
      if (isFull) this.#plan.soon(swarm);
      if (sample === undefined) continue;
      samples.push(sample);
      peersLeft -= sample.peers.length;
    }
    return samples;
  }

  /** Undefined where what the others know is still right. */
  #sampleOf(swarm: string, nowMs: number): SwarmSample | undefined {
    const size = this.#swarms?.ownCount(swarm, nowMs) ?? 0;
    const told = this.#plan.toldPeers(swarm);
    if (size === 0) {
      this.#plan.toldEmpty(swarm);
      return told === undefined ? undefined : { swarm, size, asks: false, peers: [] };
    }
    const isSmall = size < bounds.smallSwarmMax || this.#heard.isSmallElsewhere(swarm);
    const peersMax = isSmall ? bounds.sampleMax : bounds.threadsMax;
    if (!this.#plan.isDue(swarm, nowMs) && this.#isStillRight(swarm, told, size, peersMax)) {
      return undefined;
    }
    const peers = this.#swarms?.ownSample(swarm, peersMax) ?? [];
    const isShared = this.#heard.isShared(swarm);
    const intervals = isShared ? 1 : bounds.lonelyIntervals;
    const againAtMs = nowMs + intervals * this.options.announceIntervalMs;
    this.#plan.told(
      swarm,
      peers.map(({ id }) => id),
      nowMs,
      againAtMs,
    );
    return { swarm, size, asks: !isShared, peers: peers.map(sampled) };
  }

  #isStillRight(
    swarm: string,
    told: readonly string[] | undefined,
    size: number,
    peersMax: number,
  ): boolean {
    if (told === undefined || told.length < Math.min(size, peersMax)) return false;
    return told.every((id) => this.#swarms?.isSuitable(swarm, id) === true);
  }
}

function sampled({ id, segment, quality, network }: SwarmPeer): SwarmSample['peers'][number] {
  return { peer: id, segment, quality, network: networkText(network) };
}
