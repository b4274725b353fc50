import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf, metricSum, parseMetrics, residentBytesOf } from '../../stack/index.js';

/** An ingest process: what it has inserted so far is asked from its metrics. */
export interface MeasuredProcess {
  readonly pid: number;
  /** `host:port` of its admin server. */
  readonly admin: string;
}

/** How far the drain was at one moment, over all ingest processes. */
export interface Sample {
  readonly atMs: number;
  readonly rows: number;
  readonly cpuSeconds: number;
  readonly clickHouseCpuSeconds: number;
  readonly residentBytes: number;
  readonly peakResidentBytes: number;
}

const sampleEveryMs = 500;
/** No row for this long: the drain hangs. */
const silenceMsMax = 120_000;

async function insertedRows({ admin }: MeasuredProcess): Promise<number> {
  const response = await fetch(`http://${admin}/metrics`);
  return metricSum(parseMetrics(await response.text()), 'viblast_ingest_rows_total');
}

/** Follows the ingest processes until they have inserted `rows`. Rejects when they stand still. */
export async function followDrain(
  processes: readonly MeasuredProcess[],
  clickHousePid: number,
  rows: number,
  onSample: (sample: Sample) => void,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  let grewAtMs = performance.now();
  for (;;) {
    const sample = await takeSample(processes, clickHousePid);
    if (sample.rows > (samples.at(-1)?.rows ?? 0)) grewAtMs = sample.atMs;
    samples.push(sample);
    onSample(sample);
    if (sample.rows >= rows) return samples;
    if (sample.atMs - grewAtMs > silenceMsMax) {
      throw new Error(`ingest stands still at ${sample.rows} of ${rows} rows`);
    }
    await delay(sampleEveryMs);
  }
}

async function takeSample(
  processes: readonly MeasuredProcess[],
  clickHousePid: number,
): Promise<Sample> {
  const inserted = await Promise.all(processes.map(insertedRows));
  const resident = processes.map(({ pid }) => residentBytesOf(pid));
  return {
    atMs: performance.now(),
    rows: sum(inserted),
    cpuSeconds: sum(processes.map(({ pid }) => cpuSecondsOf(pid))),
    clickHouseCpuSeconds: cpuSecondsOf(clickHousePid),
    residentBytes: sum(resident.map(({ now }) => now)),
    peakResidentBytes: sum(resident.map(({ peak }) => peak)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
