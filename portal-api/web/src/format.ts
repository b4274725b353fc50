/** Numbers, bytes and lengths of time as the page writes them. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const percentage = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

export const absent = '–';

/** A figure as text, with a mark where it means at least what it tells. */
export function marked(text: string, isMarked: boolean): string {
  return isMarked ? `≥ ${text}` : text;
}

export function count(value: number | null): string {
  return value === null ? absent : whole.format(value);
}

/** A count that stays short enough to stand large: 14,021, but 718.4M. */
export function figure(value: number | null): string {
  return value !== null && value >= 10_000_000 ? compact.format(value) : count(value);
}

/** For axes: 1.2K. */
export function shortCount(value: number): string {
  return value < 10_000 ? oneDigit.format(value) : compact.format(value);
}

export function percent(share: number | null): string {
  return share === null ? absent : percentage.format(share);
}

const wholePercentage = new Intl.NumberFormat('en', { style: 'percent' });

/** Where there is little room: 38%, but 8.2%. */
export function shortPercent(share: number): string {
  return share < 0.0995 ? percent(share) : wholePercentage.format(share);
}

const finePercentage = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 });

/** For differences of small shares. */
export function finePercent(share: number | null): string {
  return share === null ? absent : finePercentage.format(share);
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

/** 3,300 kbit/s. */
export function bitrate(value: number | null): string {
  return value === null ? absent : `${whole.format(value)} kbit/s`;
}

/** 840 ms, 2.4 s. */
export function milliseconds(value: number | null): string {
  if (value === null) return absent;
  return value < 1_000 ? `${whole.format(value)} ms` : `${oneDigit.format(value / 1_000)} s`;
}

export function bytesPerSecond(value: number | null): string {
  return value === null ? absent : `${bytes(value)}/s`;
}

/** A length of time in its largest fitting unit: 40 s, 7 min, 3 h. */
export function duration(lengthMs: number): string {
  const seconds = Math.round(lengthMs / 1_000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 100 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
