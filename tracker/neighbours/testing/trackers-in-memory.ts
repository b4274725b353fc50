import { seededRandom } from '../../../service/random.js';
import type { SwarmSamples } from '../../../schemas/index.js';
import { nearAndRandom } from '../../swarm/peer-choice.js';
import { SwarmStore } from '../../swarm/swarm-store.js';
import { bounds } from '../limits.js';
import { SwarmExchange } from '../swarm-exchange.js';

export const announceIntervalMs = 10_000;
const unheardMsMax = 3 * announceIntervalMs;

export interface MemoryTracker {
  readonly exchange: SwarmExchange;
  readonly store: SwarmStore;
  readonly told: SwarmSamples[];
  /** False: what it tells is lost. */
  reaches: boolean;
  /** False: it hears nothing. */
  hears: boolean;
  /** False: it does nothing at all. */
  isRunning: boolean;
}

/** Trackers that tell each other of their swarms without a Kafka, on one clock. */
export class TrackersInMemory {
  nowMs = 1_000_000;
  readonly trackers: MemoryTracker[] = [];

  add(tracker = `tracker-${this.trackers.length}`): MemoryTracker {
    const index = this.trackers.length;
    const instance = String(index).padStart(8, 'i');
    const exchange = new SwarmExchange({ tracker, instance, announceIntervalMs });
    const store = new SwarmStore({
      choose: nearAndRandom,
      random: seededRandom(index + 1),
      peersPerSwarmMax: 1_000,
      unheardMsMax,
      elsewhere: exchange,
    });
    exchange.serve(store);
    const added = { exchange, store, told: [], reaches: true, hears: true, isRunning: true };
    this.trackers.push(added);
    return added;
  }

  announce({ store }: MemoryTracker, key: string, id: string, segment = 1): void {
    if (!store.has(key, id)) store.join(key, id);
    store.announced(key, id, { segment, quality: '720p', isOver: false }, this.nowMs);
  }

  /** Lets time pass, with every tracker's beats. */
  pass(durationMs: number): void {
    for (const endMs = this.nowMs + durationMs; this.nowMs < endMs;) {
      this.nowMs += bounds.beatMs;
      for (const tracker of this.trackers) if (tracker.isRunning) this.#beat(tracker);
    }
  }

  /** Whom a peer would be told of, at most 30. */
  peersOf({ store }: MemoryTracker, key: string, id: string): string[] {
    const peers = store.pick(key, id, { wanted: 30, known: [] }, this.nowMs);
    return peers.map((peer) => peer.id).sort();
  }

  #beat(tracker: MemoryTracker): void {
    const { exchange } = tracker;
    exchange.forgetOld(this.nowMs);
    const told = exchange.beat(this.nowMs);
    if (told === undefined) return;
    tracker.told.push(told);
    if (!tracker.reaches) {
      exchange.lost(told);
      return;
    }
    exchange.arrived();
    for (const other of this.trackers) {
      if (other.hears && other.isRunning) other.exchange.hear(told, this.nowMs);
    }
  }
}
