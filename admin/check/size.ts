import type { Finding } from './machine.js';

export const megabyte = 1_024 * 1_024;

/** What no setting changes: cores, memory. */
export function sizeOf(what: string, has: number, needs: number): Finding {
  const hosts = Math.ceil(needs / Math.max(1, has));
  return {
    what,
    has: Math.floor(has),
    needs: Math.ceil(needs),
    change: has >= needs ? undefined : `a larger host, or ${hosts} of this size`,
  };
}
