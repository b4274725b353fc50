import type { Device, Player, Role, System } from '../../schemas/index.js';
import type { Home } from './homes.js';

/** What is true of a session, whichever way it told it. */
export interface SessionFacts {
  readonly device: Device;
  readonly system: System;
  readonly player: Player;
  readonly role: Role;
  /** Its value of the label `plan`, whatever streams list; null: it tells none. */
  readonly plan: string | null;
  /** Who watches, the same on another day; null: it doesn't say. */
  readonly viewer: string | null;
  /** Undefined: nothing says where its address is. */
  readonly home?: Pick<Home, 'country' | 'system'> | undefined;
}
