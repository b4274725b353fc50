import { seededRandom, type Random } from '../../../../service/random.js';
import { SampleSet } from '../../../../tracker/swarm/sample-set.js';
import type { Introducer } from '../introducer.js';
import type { Viewer } from '../viewer.js';

/** Offers in an announce, as the clients of `bittorrent-tracker` make them. */
const offersPerAnnounce = 5;

/**
 * What WebTorrent trackers do, by the example of `bittorrent-tracker`: with each announce the
 * offers go to as many others of the same swarm at random, whether they are connected already or
 * have no room. Players of p2p-media-loader have a swarm for each rendition.
 */
export class WebtorrentTracker implements Introducer {
  readonly #swarms = new Map<string, SampleSet<Viewer>>();
  readonly #swarmOf = new Map<Viewer, string>();
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  join(viewer: Viewer): void {
    const key = `${viewer.stream} ${viewer.quality}`;
    const swarm = this.#swarms.get(key) ?? new SampleSet<Viewer>();
    this.#swarms.set(key, swarm);
    swarm.add(viewer);
    this.#swarmOf.set(viewer, key);
  }

  leave(viewer: Viewer): void {
    this.#swarms.get(this.#swarmOf.get(viewer) ?? '')?.delete(viewer);
    this.#swarmOf.delete(viewer);
  }

  step(): void {
    // It looks at no clock.
  }

  announce(viewer: Viewer): readonly string[] {
    const key = `${viewer.stream} ${viewer.quality}`;
    if (this.#swarmOf.get(viewer) !== key) {
      this.leave(viewer);
      this.join(viewer);
    }
    const chosen: string[] = [];
    this.#swarms.get(key)?.sample(offersPerAnnounce, this.#random, ({ id }) => {
      if (id === viewer.id || chosen.includes(id)) return false;
      chosen.push(id);
      return true;
    });
    return chosen;
  }

  rejected(): void {
    // It relays answers, and looks at none.
  }
}
