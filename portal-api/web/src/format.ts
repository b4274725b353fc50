/** Numbers, bytes and times as the page writes them. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const percentage = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

export const absent = '–';

export function count(value: number | null): string {
  return value === null ? absent : whole.format(value);
}

/** For axes: 1.2K. */
export function shortCount(value: number): string {
  return value < 10_000 ? oneDigit.format(value) : compact.format(value);
}

export function percent(share: number | null): string {
  return share === null ? absent : percentage.format(share);
}

const prefixes = ['', 'k', 'M', 'G', 'T', 'P'];

/** Bytes with a decimal prefix (1 kB = 1000 bytes), three digits at most before it. */
export function bytes(value: number | null): string {
  if (value === null) return absent;
  let scaled = value;
  let index = 0;
  while (scaled >= 999.5 && index < prefixes.length - 1) {
    scaled /= 1_000;
    index += 1;
  }
  const digits = scaled < 9.95 && index > 0 ? oneDigit : whole;
  return `${digits.format(scaled)} ${prefixes[index] ?? ''}B`;
}

export function bytesPerSecond(value: number | null): string {
  return value === null ? absent : `${bytes(value)}/s`;
}

const hourAndMinute: Intl.DateTimeFormatOptions = {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
};
const clock = new Intl.DateTimeFormat('en', hourAndMinute);
const clockWithSeconds = new Intl.DateTimeFormat('en', { ...hourAndMinute, second: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat('en', {
  ...hourAndMinute,
  day: 'numeric',
  month: 'short',
});

/** A minute's start, with seconds where minutes are shorter than that. */
export function timeOfMinute(timeMs: number, intervalMs: number): string {
  return (intervalMs % 60_000 === 0 ? clock : clockWithSeconds).format(timeMs);
}

export function dayAndTime(timeMs: number): string {
  return dayAndClock.format(timeMs);
}

/** A length of time in its largest fitting unit: 40 s, 7 min, 3 h. */
export function duration(lengthMs: number): string {
  const seconds = Math.round(lengthMs / 1_000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
