import type { Introducer } from './introducer.js';
import type { NeighbourLog, Told } from './neighbour-log.js';
import type { Viewer } from './viewer.js';

/**
 * Several trackers behind `leastconn`: a viewer goes to the one that has fewest, and stays there.
 * Without a log, none of them knows of the others.
 */
export class BalancedTrackers implements Introducer {
  readonly #counts: number[];
  readonly #trackerOf = new Map<Viewer, number>();

  constructor(
    private readonly trackers: readonly Introducer[],
    private readonly log?: NeighbourLog,
  ) {
    this.#counts = trackers.map(() => 0);
  }

  get told(): Told {
    return this.log?.told ?? { records: 0, bytes: 0 };
  }

  join(viewer: Viewer): void {
    const least = this.#counts.indexOf(Math.min(...this.#counts));
    this.#counts[least] = (this.#counts[least] ?? 0) + 1;
    this.#trackerOf.set(viewer, least);
    this.trackers[least]?.join(viewer);
  }

  leave(viewer: Viewer): void {
    const tracker = this.#trackerOf.get(viewer) ?? 0;
    this.#counts[tracker] = (this.#counts[tracker] ?? 0) - 1;
    this.#trackerOf.delete(viewer);
    this.trackers[tracker]?.leave(viewer);
  }

  step(nowMs: number): void {
    this.log?.step(nowMs);
  }

  announce(viewer: Viewer, nowMs: number): readonly string[] {
    return this.#of(viewer)?.announce(viewer, nowMs) ?? [];
  }

  /** The rejection comes by way of both their trackers. */
  rejected(viewer: Viewer, offerer: Viewer, nowMs: number): void {
    const both = new Set([this.#of(viewer), this.#of(offerer)]);
    for (const tracker of both) tracker?.rejected(viewer, offerer, nowMs);
  }

  #of(viewer: Viewer): Introducer | undefined {
    return this.trackers[this.#trackerOf.get(viewer) ?? 0];
  }
}
