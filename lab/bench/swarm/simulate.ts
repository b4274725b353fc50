import { seededRandom, type Random } from '../../../service/random.js';
import { componentSizes } from './components.js';
import { Holders } from './holders.js';
import type { Introducer } from './introducer.js';
import type { Told } from './neighbour-log.js';
import { announceSteps, stepMs, stepsOf, warmUpSteps, type Scenario } from './scenario.js';
import { connectionsMax, Viewer } from './viewer.js';

/** What a run comes to; what is counted is counted after the warm-up. */
export interface Figures {
  /** Share of what was played that came from peers. */
  readonly offload: number;
  /** The same, if all that somebody held at that time had come from peers: nobody does better. */
  readonly ideal: number;
  /** Over the whole run: who was told of whom, what was tried, and what stood in the end. */
  readonly introductions: number;
  readonly attempts: number;
  readonly connections: number;
  /** Parts of the graph of a stream at the end: of the worst one. */
  readonly components: number;
  readonly announces: number;
  /** What trackers told each other in the whole run. */
  readonly told: Told | undefined;
  readonly simulatedSeconds: number;
  /** Of the announces: what the introducer took. */
  readonly microsecondsAnAnnounce: number;
}

/** Announces that the introducer answers before anybody connects. */
const announcesAtOnce = 32;
/** What a connection within one network brings. */
const insideMbps = 12;

const megabitsAStep = (mbps: number): number => (mbps * stepMs) / 1_000;

/** True: these two can't connect. The same for the same two, in any order. */
function isFailingPair(one: Viewer, other: Viewer, { failingPairs, seed }: Scenario): boolean {
  if (failingPairs === 0) return false;
  const low = Math.min(one.serial, other.serial);
  const high = Math.max(one.serial, other.serial);
  const mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul(high + seed, 0x85ebca6b);
  return seededRandom(mixed)() < failingPairs;
}

interface Stream {
  readonly key: string;
  readonly holders: Holders;
  viewers: Viewer[];
}

/** A stream's audience over simulated time, and whom each viewer is connected to. */
class Simulation {
  readonly #byId = new Map<string, Viewer>();
  readonly #streams: Stream[];
  readonly #random: Random;
  #serial = 0;
  #step = 0;
  #playedMegabits = 0;
  #peerMegabits = 0;
  #idealMegabits = 0;
  #introductions = 0;
  #attempts = 0;
  #connections = 0;
  #announces = 0;
  #introducerMicroseconds = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly introducer: Introducer,
  ) {
    this.#random = seededRandom(scenario.seed);
    this.#streams = Array.from({ length: scenario.streams }, (_, index) => ({
      key: `stream-${index}`,
      holders: new Holders(),
      viewers: [],
    }));
  }

  run(): Figures {
    const steps = warmUpSteps + stepsOf(this.scenario.minutes);
    for (this.#step = 0; this.#step < steps; this.#step += 1) {
      for (const stream of this.#streams) this.#comeAndGo(stream);
      for (const stream of this.#streams) this.#play(stream);
      this.introducer.step(this.#nowMs);
      for (const stream of this.#streams) this.#announceAll(stream);
    }
    return {
      offload: this.#peerMegabits / this.#playedMegabits,
      ideal: this.#idealMegabits / this.#playedMegabits,
      introductions: this.#introductions,
      attempts: this.#attempts,
      connections: this.#connections,
      components: Math.max(...this.#streams.map((stream) => this.#components(stream))),
      announces: this.#announces,
      told: this.introducer.told,
      simulatedSeconds: this.#nowMs / 1_000,
      microsecondsAnAnnounce: this.#introducerMicroseconds / this.#announces,
    };
  }

  get #nowMs(): number {
    return this.#step * stepMs;
  }

  /** Parts of its graph, without those that have only just come. */
  #components({ viewers }: Stream): number {
    const settled = viewers.filter(
      ({ joinedAtStep }) => this.#step - joinedAtStep >= 3 * announceSteps,
    );
    return componentSizes(settled).length;
  }

  #comeAndGo(stream: Stream): void {
    const { viewersPerStream } = this.scenario;
    const isLeaving = ({ leavesAtStep }: Viewer): boolean => leavesAtStep <= this.#step;
    for (const viewer of stream.viewers.filter(isLeaving)) {
      viewer.isGone = true;
      viewer.disconnectAll();
      stream.holders.drop(viewer.rendition, viewer.heldFrom, viewer.segment);
      this.#byId.delete(viewer.id);
      if (!viewer.vanishes) this.introducer.leave(viewer);
    }
    stream.viewers = stream.viewers.filter((viewer) => !isLeaving(viewer));
    // The audience comes over the first half of the warm-up, not in one moment.
    const comeShare = Math.min(1, (2 * (this.#step + 1)) / warmUpSteps);
    while (stream.viewers.length < Math.ceil(viewersPerStream * comeShare)) {
      const viewer = new Viewer(
        (this.#serial += 1),
        stream.key,
        this.#step,
        this.scenario,
        this.#random,
      );
      stream.viewers.push(viewer);
      this.#byId.set(viewer.id, viewer);
      this.introducer.join(viewer);
    }
    stream.viewers.sort((one, other) => one.order - other.order);
  }

  /** Each viewer fetches its next segment: who is nearest to the live edge first. */
  #play({ viewers, holders }: Stream): void {
    for (const viewer of viewers) viewer.beginStep();
    for (const viewer of viewers) {
      const { rendition, heldFrom } = viewer;
      if (viewer.switchesRendition(this.#random)) {
        holders.drop(rendition, heldFrom, viewer.segment);
        viewer.heldFrom = viewer.segment + 1;
      }
      const segment = viewer.segment + 1;
      const megabits = viewer.segmentMegabits;
      const fromPeer = this.#fetch(viewer, segment);
      if (this.#step >= warmUpSteps) {
        this.#playedMegabits += megabits;
        this.#peerMegabits += fromPeer;
        if (holders.has(viewer.rendition, segment)) this.#idealMegabits += megabits;
      }
      const overdue = viewer.overdueSegment;
      if (overdue !== undefined) {
        holders.drop(viewer.rendition, overdue, overdue);
        viewer.heldFrom += 1;
      }
      viewer.segment = segment;
      holders.add(viewer.rendition, segment);
    }
  }

  /**
   * What a viewer gets from one of its peers, the one that sends most in time; the rest of the
   * segment comes from the CDN.
   */
  #fetch(viewer: Viewer, segment: number): number {
    let source: Viewer | undefined;
    let most = 0;
    for (const peer of viewer.connections) {
      if (peer.rendition !== viewer.rendition || !peer.holds(segment)) continue;
      const { betweenMbps } = this.scenario;
      const mbps = peer.network === viewer.network ? insideMbps : betweenMbps;
      const megabits = Math.min(
        viewer.segmentMegabits,
        megabitsAStep(mbps),
        peer.uploadLeftMegabits,
      );
      if (megabits <= most) continue;
      most = megabits;
      source = peer;
    }
    if (source === undefined) return 0;
    source.uploadLeftMegabits -= most;
    source.uploadedMegabits += most;
    return most;
  }

  #announceAll({ viewers }: Stream): void {
    const isDue = ({ joinedAtStep }: Viewer): boolean =>
      (this.#step - joinedAtStep) % announceSteps === 0;
    const due = viewers.filter(isDue);
    for (let first = 0; first < due.length; first += announcesAtOnce) {
      this.#announceSome(due.slice(first, first + announcesAtOnce));
    }
  }

  /** A few at once, as many as are on their way in practice: the clock of CPU time is slow. */
  #announceSome(viewers: readonly Viewer[]): void {
    const before = process.cpuUsage();
    const told = viewers.map((viewer) => this.introducer.announce(viewer, this.#nowMs));
    const { user, system } = process.cpuUsage(before);
    this.#introducerMicroseconds += user + system;
    this.#announces += viewers.length;
    for (const [index, viewer] of viewers.entries()) {
      const ids = told[index] ?? [];
      viewer.uploadedMegabits = 0;
      this.#introductions += ids.length;
      for (const id of ids) this.#tryToConnect(viewer, this.#byId.get(id));
    }
  }

  #tryToConnect(viewer: Viewer, peer: Viewer | undefined): void {
    if (viewer.connections.length >= connectionsMax) return;
    this.#attempts += 1;
    if (peer === undefined || viewer.connections.includes(peer)) return;
    if (peer.connections.length >= connectionsMax) {
      this.introducer.rejected(peer, viewer, this.#nowMs);
      return;
    }
    if (isFailingPair(viewer, peer, this.scenario)) return;
    viewer.connect(peer);
    this.#connections += 1;
  }
}

/** Runs a scenario to its end; the same for the same seed, but for the time that it takes. */
export function simulate(scenario: Scenario, introducer: Introducer): Figures {
  return new Simulation(scenario, introducer).run();
}
