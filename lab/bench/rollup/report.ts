import type { PassFigures } from './drain-bench.js';

/** A target and whether it was met. */
export interface Verdict {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly isMet: boolean;
}

const megabyte = 1_048_576;

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
export const megabytes = (bytes: number): number => bytes / megabyte;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function rateLine(what: string, announces: number, cpuSeconds: number): string {
  const perMillion = ((cpuSeconds / announces) * 1_000_000).toFixed(2);
  return (
    `  ${what.padEnd(42)} ${whole(announces / cpuSeconds).padStart(9)} announces per CPU second, ` +
    `${perMillion.padStart(5)} CPU s per million`
  );
}

export function passLine(what: string, figures: PassFigures): string {
  const { announces, seconds, cpuSeconds, announcesRead, differences, points } = figures;
  return (
    `${rateLine(what, announces, cpuSeconds)}, ${whole(announces / seconds)} announces/s, ` +
    `peak RSS ${whole(megabytes(figures.peakResidentBytes))} MiB, ` +
    `${whole(announcesRead - announces)} read again, ${whole(points)} points, ` +
    `${differences} differences`
  );
}

export function verdictLine({ what, target, measured, isMet }: Verdict): string {
  return `  ${isMet ? 'met    ' : 'NOT MET'}  ${what}: ${measured} (target ${target})`;
}
