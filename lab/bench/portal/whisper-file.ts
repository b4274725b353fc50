import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { whisperHead } from '../../../service/testing/whisper-head.js';

/** As deploy/graphite/storage-schemas.conf has them. */
const archives = [
  { stepS: 60, points: 43_200 },
  { stepS: 600, points: 105_120 },
] as const;
const pointBytes = 12;
/** How whisper numbers its ways to make a coarser point. */
const methods = { average: 1, sum: 2, avg_zero: 6 } as const;

export type Aggregation = keyof typeof methods;

/** The file of a metric below whisper's folder. */
export function whisperPath(root: string, metric: string): string {
  return `${join(root, ...metric.split('.'))}.wsp`;
}

/**
 * Makes a metric's file as carbon does, sparse, with these values in consecutive minutes from the
 * first on; `NaN`: no point. Coarser points are what whisper makes of them.
 */
export function writeWhisper(
  path: string,
  aggregation: Aggregation,
  firstMinuteS: number,
  values: Float64Array,
): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  try {
    const [fine, coarse] = archives;
    const head = whisperHead(archives, { aggregation: methods[aggregation] });
    ftruncateSync(file, head.length + pointBytes * (fine.points + coarse.points));
    writeSync(file, head, 0, head.length, 0);
    writeArchive(file, head.length, fine, firstMinuteS, values);
    const coarseFile = head.length + pointBytes * fine.points;
    const first = Math.floor(firstMinuteS / coarse.stepS) * coarse.stepS;
    const lead = (firstMinuteS - first) / fine.stepS;
    writeArchive(file, coarseFile, coarse, first, coarsened(values, lead, aggregation));
  } finally {
    closeSync(file);
  }
}

/** From the archive's first place on: the point there says where all others are. */
function writeArchive(
  file: number,
  offset: number,
  { stepS, points }: (typeof archives)[number],
  firstS: number,
  values: Float64Array,
): void {
  const buffer = Buffer.alloc(pointBytes * Math.min(values.length, points));
  for (let index = 0; index < buffer.length / pointBytes; index += 1) {
    const value = values[index] ?? NaN;
    if (Number.isNaN(value)) continue;
    buffer.writeUInt32BE(firstS + index * stepS, pointBytes * index);
    buffer.writeDoubleBE(value, pointBytes * index + 4);
  }
  writeSync(file, buffer, 0, buffer.length, offset);
}

function coarsened(values: Float64Array, lead: number, aggregation: Aggregation): Float64Array {
  const minutes = 10;
  const coarse = new Float64Array(Math.ceil((values.length + lead) / minutes)).fill(NaN);
  for (const [at] of coarse.entries()) {
    let [sum, count] = [0, 0];
    for (let minute = 0; minute < minutes; minute += 1) {
      const value = values[at * minutes + minute - lead] ?? NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    if (count === 0) continue;
    coarse[at] = aggregation === 'sum' ? sum : sum / (aggregation === 'average' ? count : minutes);
  }
  return coarse;
}
