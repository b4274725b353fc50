import type { Browser } from '../schemas/index.js';

export { addCounters, copyCell, emptyCell } from '../schemas/index.js';

/** A key for a cell within its stream and minute. NUL is in no quality. */
export function cellKey(quality: string, browser: Browser): string {
  return `${quality}\0${browser}`;
}
