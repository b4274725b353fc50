import type { SwarmSample, SwarmSamples } from '../../schemas/index.js';
import { AgeOrder } from '../swarm/age-order.js';
import { parseNetwork } from '../swarm/network.js';
import type { ToldPeer } from '../swarm/swarm.js';
import { bounds } from './limits.js';

interface Heard {
  readonly swarm: string;
  readonly instance: string;
  readonly size: number;
  readonly peers: readonly ToldPeer[];
}

interface Tracker {
  readonly name: string;
  heardAtMs: number;
  readonly swarms: Map<string, Heard>;
}

/** Told of each change: these are all peers that are known of an instance's swarm now. */
export type OnHeard = (swarm: string, instance: string, peers: readonly ToldPeer[]) => void;

/** Of what was heard, what wasn't known. */
export interface WhatIsNew {
  readonly isNewTracker: boolean;
  /** That the tracker wasn't known to have. */
  readonly newSwarms: readonly string[];
}

/** What the other trackers told of their swarms, each as long as it counts. */
export class HeardSwarms {
  readonly #trackers = new Map<string, Tracker>();
  readonly #bySwarm = new Map<string, Map<string, Heard>>();
  readonly #byAge = new AgeOrder<Heard>();
  #peerCount = 0;

  /** `isHere`: whether this tracker has the swarm too. */
  constructor(
    private readonly onHeard: OnHeard,
    private readonly isHere: (swarm: string) => boolean,
  ) {}

  /** Trackers that are there. */
  get instanceCount(): number {
    return this.#trackers.size;
  }

  get peerCount(): number {
    return this.#peerCount;
  }

  get swarmCount(): number {
    return this.#bySwarm.size;
  }

  isAlive(instance: string): boolean {
    return this.#trackers.has(instance);
  }

  /** What is known of a swarm, by instance. */
  *toldOf(swarm: string): Iterable<readonly [instance: string, peers: readonly ToldPeer[]]> {
    for (const { instance, peers } of this.#bySwarm.get(swarm)?.values() ?? []) {
      yield [instance, peers];
    }
  }

  /** How many peers the other trackers have there, together. */
  sizeOf(swarm: string): number {
    let sizes = 0;
    for (const { size } of this.#bySwarm.get(swarm)?.values() ?? []) sizes += size;
    return sizes;
  }

  isShared(swarm: string): boolean {
    return this.#bySwarm.has(swarm);
  }

  /** Whether a tracker has it that has too few peers of its own there. */
  isSmallElsewhere(swarm: string): boolean {
    for (const { size } of this.#bySwarm.get(swarm)?.values() ?? []) {
      if (size < bounds.smallSwarmMax) return true;
    }
    return false;
  }

  hear({ tracker, instance, isLeaving, samples }: SwarmSamples, nowMs: number): WhatIsNew {
    const isNewTracker = !this.#trackers.has(instance);
    const known = this.#trackers.get(instance) ?? this.#welcome(tracker, instance, nowMs);
    if (known === undefined) return { isNewTracker: false, newSwarms: [] };
    known.heardAtMs = nowMs;
    if (isLeaving) this.#forgetSwarms(known);
    const told = isLeaving ? [] : samples;
    const newSwarms = told.filter(({ swarm }) => !known.swarms.has(swarm));
    for (const sample of told) this.#take(known, instance, sample, nowMs);
    return { isNewTracker, newSwarms: newSwarms.map(({ swarm }) => swarm) };
  }

  /** Forgets trackers that said nothing for too long, and swarms that weren't told again. */
  forgetOld(nowMs: number, toldSinceMs: number): void {
    for (const [instance, tracker] of this.#trackers) {
      // Of a clock that was set back it isn't known since when.
      tracker.heardAtMs = Math.min(tracker.heardAtMs, nowMs);
      if (nowMs - tracker.heardAtMs >= bounds.silentMsMax) this.#forget(instance, tracker);
    }
    for (const heard of this.#byAge.takeUntouched(toldSinceMs)) this.#drop(heard);
  }

  /** Another run of the same tracker is over. */
  #welcome(name: string, instance: string, nowMs: number): Tracker | undefined {
    for (const [other, tracker] of this.#trackers) {
      if (tracker.name === name) this.#forget(other, tracker);
    }
    if (this.#trackers.size >= bounds.instancesMax) return undefined;
    const tracker = { name, heardAtMs: nowMs, swarms: new Map<string, Heard>() };
    this.#trackers.set(instance, tracker);
    return tracker;
  }

  #take(tracker: Tracker, instance: string, sample: SwarmSample, nowMs: number): void {
    const { swarm, size, peers } = sample;
    const before = tracker.swarms.get(swarm);
    const more = peers.length - (before?.peers.length ?? 0);
    if (size === 0 || !this.#hasRoom(swarm, more, before === undefined ? 1 : 0)) {
      if (before !== undefined) this.#drop(before);
      return;
    }
    const told = peers.map(({ peer, segment, quality, network }) => ({
      id: peer,
      segment,
      quality,
      network: parseNetwork(network),
    }));
    const heard: Heard = { swarm, instance, size, peers: told };
    if (before !== undefined) this.#byAge.delete(before);
    this.#byAge.touch(heard, nowMs);
    this.#peerCount += more;
    tracker.swarms.set(swarm, heard);
    const bySwarm = this.#bySwarm.get(swarm);
    if (bySwarm === undefined) this.#bySwarm.set(swarm, new Map([[instance, heard]]));
    else bySwarm.set(instance, heard);
    this.onHeard(swarm, instance, told);
  }

  /** For so many more of a swarm; where that is here, those that aren't make room for it. */
  #hasRoom(swarm: string, peers: number, swarms: 0 | 1): boolean {
    const isRoom = (): boolean =>
      this.#peerCount + peers <= bounds.heardPeersMax &&
      this.#byAge.size + swarms <= bounds.heardSwarmsMax;
    if (isRoom() || !this.isHere(swarm)) return isRoom();
    let looksLeft: number = bounds.roomLooksMax;
    for (const heard of this.#byAge.oldestFirst()) {
      if (!this.isHere(heard.swarm)) this.#drop(heard);
      looksLeft -= 1;
      if (looksLeft === 0 || isRoom()) break;
    }
    return isRoom();
  }

  #forget(instance: string, tracker: Tracker): void {
    this.#trackers.delete(instance);
    this.#forgetSwarms(tracker);
  }

  #forgetSwarms(tracker: Tracker): void {
    for (const heard of tracker.swarms.values()) this.#drop(heard);
  }

  #drop(heard: Heard): void {
    const { swarm, instance, peers } = heard;
    this.#byAge.delete(heard);
    this.#peerCount -= peers.length;
    this.#trackers.get(instance)?.swarms.delete(swarm);
    const bySwarm = this.#bySwarm.get(swarm);
    bySwarm?.delete(instance);
    if (bySwarm?.size === 0) this.#bySwarm.delete(swarm);
    this.onHeard(swarm, instance, []);
  }
}
