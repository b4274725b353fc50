import type { Told } from './neighbour-log.js';
import type { Viewer } from './viewer.js';

/** Who brings viewers together: the production choice, or what it is compared with. */
export interface Introducer {
  /** What trackers told each other since the start, where there are several. */
  readonly told?: Told;
  join(viewer: Viewer): void;
  leave(viewer: Viewer): void;
  /** Time has passed. */
  step(nowMs: number): void;
  /** The viewer says where it stands; returns the ids of those that it shall connect to. */
  announce(viewer: Viewer, nowMs: number): readonly string[];
  /** The viewer rejected somebody's offer: it has no room. */
  rejected(viewer: Viewer, offerer: Viewer, nowMs: number): void;
}
