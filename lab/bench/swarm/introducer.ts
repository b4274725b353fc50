import type { Viewer } from './viewer.js';

/** Who brings viewers together: the production choice, or what it is compared with. */
export interface Introducer {
  join(viewer: Viewer): void;
  leave(viewer: Viewer): void;
  /** Time has passed. */
  step(nowMs: number): void;
  /** The viewer says where it stands; returns the ids of those that it shall connect to. */
  announce(viewer: Viewer, nowMs: number): readonly string[];
  /** The viewer rejected an offer: it has no room. */
  rejected(viewer: Viewer, nowMs: number): void;
}
