import type { SessionId } from '../../schemas/index.js';
import { Doorway } from './doorway.js';
import { drawFirst, drawNext, type AudienceSettings, type ViewerProfile } from './model.js';
import { Pauses } from './pauses.js';
import type { Statistics, ViewersStatus } from './statistics.js';
import { Viewer, type ViewerParts } from './viewer.js';

export interface AudienceParts extends Omit<ViewerParts, 'statistics' | 'url'> {
  /** Where the trackers are; seats take them by turns. */
  readonly urls: readonly [string, ...string[]];
  readonly statistics: Statistics;
  readonly settings: AudienceSettings;
  /** Seats: as many viewers are there at a time, less those that are just between two sessions. */
  readonly viewers: number;
  /** The first viewers come within this time. */
  readonly rampMs: number;
  /** Of the first ones so many may be there without an answer to an announce; more wait outside. */
  readonly joiningMax: number;
  /** How long somebody who leaves waits for outstanding answers. */
  readonly waitMs: number;
  readonly newSession: () => SessionId;
}

/** All viewers of a process: who leaves is followed by somebody else, until it is stopped. */
export class Audience {
  readonly #pauses = new Pauses();
  readonly #present = new Set<Viewer>();
  readonly #doorway: Doorway;
  #seats: Promise<void>[] = [];

  constructor(private readonly parts: AudienceParts) {
    this.#doorway = new Doorway(parts.joiningMax);
  }

  start(): void {
    this.#seats = Array.from({ length: this.parts.viewers }, (_, seat) => this.#occupySeat(seat));
  }

  status(): ViewersStatus {
    let connected = 0;
    let waiting = 0;
    for (const viewer of this.#present) {
      if (viewer.isConnected) connected += 1;
      waiting += viewer.waiting;
    }
    return this.parts.statistics.status(this.#present.size, connected, waiting);
  }

  /** No new announces; resolves when every viewer has its answers, or has waited `waitMs`. */
  async stop(): Promise<void> {
    this.#pauses.endAll();
    await Promise.all(this.#seats);
  }

  async #occupySeat(seat: number): Promise<void> {
    const { random, settings, rampMs, urls } = this.parts;
    const url = urls[seat % urls.length] ?? urls[0];
    let isOpen = await this.#pauses.pause(random() * rampMs);
    let profile = drawFirst(random, settings);
    let isFirst = true;
    while (isOpen) {
      isOpen = await (isFirst ? this.#comeIn(profile, url) : this.#watch(profile, url));
      if (!isOpen) break;
      isFirst = false;
      const next = drawNext(random, settings, profile);
      isOpen = await this.#pauses.pause(next.emptyMs);
      profile = next.profile;
    }
  }

  /** As `watch`, once those who came before have been heard. */
  async #comeIn(profile: ViewerProfile, url: string): Promise<boolean> {
    await this.#doorway.enter();
    const isOpen = await this.#pauses.pause(0);
    if (isOpen) return await this.#watch(profile, url, () => this.#doorway.leave());
    this.#doorway.leave();
    return false;
  }

  async #watch(
    profile: ViewerProfile,
    url: string,
    onHeard: () => void = () => undefined,
  ): Promise<boolean> {
    const { waitMs, newSession } = this.parts;
    const viewer = new Viewer(profile, newSession(), { ...this.parts, url });
    this.#present.add(viewer);
    void viewer.heard.then(onHeard);
    viewer.start();
    const isOpen = await this.#pauses.pause(profile.lifetimeMs);
    if (!isOpen) await viewer.leave(waitMs, false);
    else if (profile.ending === 'leave') await viewer.leave(waitMs, true);
    else viewer.vanish();
    this.#present.delete(viewer);
    return isOpen;
  }
}
