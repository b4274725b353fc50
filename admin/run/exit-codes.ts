/**
 * Exit codes of `vbt` and `vba`, as the Linux Standard Base has them for init scripts. A start that
 * fails has the service's own (service/errors.ts), which are from 64 on.
 */
export const initCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  notPermitted: 4,
  notInstalled: 5,
  notConfigured: 6,
  notRunning: 7,
} as const;

/** What `status` exits with. */
export const statusCode = { running: 0, dead: 1, notRunning: 3, unknown: 4 } as const;

/** Of several services the one that somebody has to look at. */
export function worstStatus(codes: readonly number[]): number {
  const { unknown, dead, notRunning, running } = statusCode;
  return [unknown, dead, notRunning].find((code) => codes.includes(code)) ?? running;
}
