import type { Attack } from './attack.js';
import { connectionAttacks } from './attacks/connections.js';
import { lies } from './attacks/lies.js';
import { namesakeAttacks } from './attacks/namesakes.js';
import { nonsense } from './attacks/nonsense.js';
import { signalAttacks } from './attacks/signals.js';
import { torrentAttacks } from './attacks/torrents.js';

/** All that a hostile viewer tries, at the same time. */
export const attacks: readonly Attack[] = [
  ...lies,
  ...nonsense,
  ...signalAttacks,
  ...torrentAttacks,
  ...namesakeAttacks,
  ...connectionAttacks,
];
