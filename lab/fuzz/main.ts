import { setTimeout as wait } from 'node:timers/promises';
import {
  metricSum,
  readMetrics,
  runProgram,
  show,
  startStack,
  type ProgramOutput,
} from '../stack/index.js';
import { parseFuzzOptions, type FuzzCommandOptions } from './options.js';
import { fuzz } from './run-fuzz.js';

/**
 * `npm run test:fuzz`: a stack of its own with one tracker; progress on stderr, results on stdout;
 * exit code 1 when anything was not as the protocol says.
 */

const stream = 'arena-main';
/** Of the frames: until the tracker's code is warm and its memory has its size. */
const warmUpShare = 0.1;
const restMs = 10_000;
const growthBytesMax = 64 * 2 ** 20;

const parsed = parseFuzzOptions(process.argv.slice(2), (text) => void process.stderr.write(text));
process.exitCode =
  parsed.kind === 'exit'
    ? parsed.code
    : await runProgram('fuzz', (output, signal) => run(parsed.options, output, signal));
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run(
  { frames, seed }: FuzzCommandOptions,
  { say }: ProgramOutput,
  signal: AbortSignal,
): Promise<boolean> {
  const stack = await startStack({ trackers: 1, rollups: 1, ingests: 0, progress: say, signal });
  try {
    const [tracker] = stack.trackers;
    if (tracker === undefined) throw new Error('the stack has a tracker');
    const options = { url: tracker.ws, stream, say, signal };
    const warmUp = Math.ceil(frames * warmUpShare);
    const first = await fuzz({ ...options, frames: warmUp, seed });
    const bytesBefore = await memoryBytes(tracker.admin);
    const second = await fuzz({ ...options, frames: frames - warmUp, seed: seed + 1 });
    await wait(restMs, undefined, { signal });
    const grownBytes = (await memoryBytes(tracker.admin)) - bytesBefore;
    const complaints = [...first.complaints, ...second.complaints];
    if (grownBytes > growthBytesMax) complaints.push(`memory has grown by ${grownBytes} bytes`);
    const ends = Array.from(second.ends, ([end, count]) => `${end}: ${count}`).sort();
    const { answered, slowestMs } = second.bystanders;
    show(`random frames           ${first.frames + second.frames}`);
    show(`sockets, by their end   ${ends.join(', ')}`);
    show(
      `sockets beside them     ${answered} answers, the slowest after ${Math.round(slowestMs)} ms`,
    );
    show(
      `memory of the tracker   ${Math.round(bytesBefore / 2 ** 20)} MiB, then ${Math.round(grownBytes / 2 ** 20)} more`,
    );
    for (const complaint of complaints) show(`WRONG ${complaint}`);
    return complaints.length === 0;
  } finally {
    await stack.stop();
  }
}

/** Rejects where the tracker doesn't tell it: a growth that isn't known would pass as none. */
async function memoryBytes(admin: string): Promise<number> {
  const bytes = metricSum(await readMetrics({ admin }), 'process_resident_memory_bytes');
  if (bytes <= 0) throw new Error(`${admin}/metrics doesn't tell the tracker's memory`);
  return bytes;
}
