/** A date, alone or with a time, which is UTC's where it has no zone. */
const isoTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * The minute that a text names: an ISO time (`2026-05-01T20:00Z`, of UTC where it has no zone),
 * Unix milliseconds, or a minute's number itself, which is far smaller. Undefined for anything
 * else.
 */
export function minuteOfText(text: string, intervalMs: number): number | undefined {
  if (/^\d{1,15}$/.test(text)) {
    const value = Number(text);
    return value >= unixMsMin ? Math.floor(value / intervalMs) : value;
  }
  const parts = isoTime.exec(text);
  if (parts === null || !isDate(text.slice(0, 10))) return undefined;
  const timeMs = Date.parse(text.includes('T') && parts[1] === undefined ? `${text}Z` : text);
  return Number.isNaN(timeMs) || timeMs < 0 ? undefined : Math.floor(timeMs / intervalMs);
}

/** False: the month has fewer days, which would be taken for the next month's. */
function isDate(text: string): boolean {
  const timeMs = Date.parse(text);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text);
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
