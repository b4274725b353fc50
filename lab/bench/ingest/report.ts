import type { Sample } from './drain.js';

/** The rows after which a process counts as warm: compiled, its buffers grown. */
const warmShare = 1 / 3;
/** Resident memory is flat when its last quarter's mean is at most this much above its second's. */
const flatGrowthMax = 1.1;
const megabyte = 1_048_576;

export interface DrainFigures {
  readonly rowsPerSecond: number;
  /** Of the whole life of the process, its start included. */
  readonly rowsPerCpuSecond: number;
  /** Without the first third of the rows. */
  readonly warmRowsPerCpuSecond: number;
  readonly cpuSeconds: number;
  readonly clickHouseCpuSeconds: number;
  readonly peakMegabytes: number;
  /** Mean resident memory in each quarter of the rows. */
  readonly quarterMegabytes: readonly number[];
  readonly isFlat: boolean;
}

/**
 * What a drain's samples say. The first sample is of a process that has inserted little or nothing.
 */
export function drainFigures(samples: readonly Sample[]): DrainFigures {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) throw new Error('no samples');
  const warm = samples.find(({ rows }) => rows >= last.rows * warmShare) ?? first;
  const quarterMegabytes = [0, 1, 2, 3].map((quarter) => {
    const within = samples.filter(
      ({ rows }) => rows >= (last.rows * quarter) / 4 && rows <= (last.rows * (quarter + 1)) / 4,
    );
    return mean(within.map(({ residentBytes }) => residentBytes / megabyte));
  });
  const [, second = Number.NaN, , fourth = Number.NaN] = quarterMegabytes;
  return {
    rowsPerSecond: ((last.rows - first.rows) / (last.atMs - first.atMs)) * 1_000,
    rowsPerCpuSecond: last.rows / last.cpuSeconds,
    warmRowsPerCpuSecond: (last.rows - warm.rows) / (last.cpuSeconds - warm.cpuSeconds),
    cpuSeconds: last.cpuSeconds,
    clickHouseCpuSeconds: last.clickHouseCpuSeconds - first.clickHouseCpuSeconds,
    peakMegabytes: Math.max(...samples.map((sample) => sample.peakResidentBytes)) / megabyte,
    quarterMegabytes,
    isFlat: fourth <= second * flatGrowthMax,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The figures for people. */
export function drainLines(figures: DrainFigures, targetRowsPerCpuSecond: number): string[] {
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
  const verdict = figures.rowsPerCpuSecond >= targetRowsPerCpuSecond ? 'reached' : 'missed';
  return [
    `rows/s                         ${whole(figures.rowsPerSecond)}`,
    `rows per CPU second, all       ${whole(figures.rowsPerCpuSecond)} (target ${whole(targetRowsPerCpuSecond)}: ${verdict})`,
    `rows per CPU second, warm      ${whole(figures.warmRowsPerCpuSecond)}`,
    `CPU of ingest                  ${figures.cpuSeconds.toFixed(2)} s`,
    `CPU of ClickHouse              ${figures.clickHouseCpuSeconds.toFixed(2)} s`,
    `peak RSS of ingest             ${whole(figures.peakMegabytes)} MiB`,
    `mean RSS by quarter of rows    ${figures.quarterMegabytes.map(whole).join(', ')} MiB (${figures.isFlat ? 'flat' : 'GROWS'})`,
  ];
}
