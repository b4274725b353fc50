/** Seven suites of a whole run share two cores: what takes a second by itself may take several. */
const slowdown = process.env['ALL_SUITES_AT_ONCE'] === undefined ? 1 : 5;

/**
 * The bound of a wait, in milliseconds: as given where a suite runs by itself
 * (`npm test -- --testPathPatterns …`, `npm run test:life`), wider beside all others.
 */
export function within(ms: number): number {
  return slowdown * ms;
}
