import { setTimeout as wait } from 'node:timers/promises';
import {
  residentBytesOf,
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
const warmUpShare = 0.5;
const restMs = 10_000;
/** Garbage is collected when Node likes: readings of a tracker that holds the same differ so. */
const growthBytesMax = 128 * 2 ** 20;

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
    const { ws: url, pid } = tracker;
    const options = { url, pid, stream, say, signal };
    const warmUp = Math.ceil(frames * warmUpShare);
    const first = await fuzz({ ...options, frames: warmUp, seed });
    const bytesBefore = residentBytesOf(pid).now;
    const second = await fuzz({ ...options, frames: frames - warmUp, seed: seed + 1 });
    await wait(restMs, undefined, { signal });
    const grownBytes = residentBytesOf(pid).now - bytesBefore;
    const complaints = [...first.complaints, ...second.complaints];
    if (grownBytes > growthBytesMax) complaints.push(`memory has grown by ${grownBytes} bytes`);
    const ends = Array.from(second.ends, ([end, count]) => `${end}: ${count}`).sort();
    const { costliest } = second;
    const { answered, slowestMs, slowestCpuMs } = second.bystanders;
    show(`random frames           ${first.frames + second.frames}`);
    show(`sockets, by their end   ${ends.join(', ')}`);
    show(
      `sockets beside them     ${answered} answers, the slowest after ${Math.round(slowestMs)} ms, ` +
        `or ${Math.round(slowestCpuMs)} ms of CPU`,
    );
    show(`the costliest frame     ${costliest.cpuMs.toFixed(1)} ms of CPU: ${costliest.name}`);
    show(
      `memory of the tracker   ${Math.round(bytesBefore / 2 ** 20)} MiB, then ${Math.round(grownBytes / 2 ** 20)} more`,
    );
    for (const complaint of complaints) show(`WRONG ${complaint}`);
    return complaints.length === 0;
  } finally {
    await stack.stop();
  }
}
