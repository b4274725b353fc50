/**
 * The minute that a text names: an ISO time (`2026-05-01T20:00Z`), Unix milliseconds, or a minute's
 * number itself, which is far smaller. Undefined for anything else.
 */
export function minuteOfText(text: string, intervalMs: number): number | undefined {
  if (/^\d{1,15}$/.test(text)) {
    const value = Number(text);
    return value >= unixMsMin ? Math.floor(value / intervalMs) : value;
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) || timeMs < 0 ? undefined : Math.floor(timeMs / intervalMs);
}

/**
 * Larger numbers are Unix milliseconds (from 1973 on); minutes of a second or more are below it
 * until 5138.
 */
const unixMsMin = 100_000_000_000;

/** For people: a minute's start. */
export function timeOfMinute(minute: number, intervalMs: number): string {
  return new Date(minute * intervalMs).toISOString().replace('.000Z', 'Z');
}
