import { randomIndex, seededRandom, type Random } from '../../service/random.js';
import { firstThreadCpuMsOf } from '../stack/index.js';
import { watchBystanders, type BystanderOutcome } from './bystanders.js';
import type { BadFrame } from './bad-frame.js';
import { corpus } from './corpus.js';
import { sayOn } from './fuzzed-socket.js';
import { randomFrame } from './random-frames.js';
import { speeches, type Speech } from './speech.js';

export interface FuzzOptions {
  /** `ws://host:port` of a tracker. */
  readonly url: string;
  /** Of the same tracker's process, on this machine. */
  readonly pid: number;
  readonly stream: string;
  /** Random frames, besides those that are written down. */
  readonly frames: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface FuzzResult {
  readonly frames: number;
  /** Closes by code, and sockets that lived. */
  readonly ends: ReadonlyMap<string, number>;
  readonly bystanders: BystanderOutcome;
  /** Of the frames that are written down, which cost most, and what: a socket and its end too. */
  readonly costliest: FrameCost;
  /** What should not have been: none. */
  readonly complaints: readonly string[];
}

export interface FrameCost {
  readonly name: string;
  /** CPU of the thread on which all viewers are served. */
  readonly cpuMs: number;
}

/** Of CPU, so that it doesn't matter what else the machine does. */
const frameCpuMsMax = 60;
const answerCpuMsMax = 250;
/** What else the tracker does meanwhile, and what it does the first time, it won't do twice. */
const measuredTimes = 2;
const socketsAtATime = 16;
/** Eight mistakes end a socket, so more would mostly go unread. */
const framesPerSocketMax = 30;
const complaintsMax = 20;
const sayEvery = 100_000;

/** Says everything that is wrong to a tracker, beside sockets that do nothing wrong. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { url, stream, pid } = options;
  const stopping = new AbortController();
  const cpuMs = (): number => firstThreadCpuMsOf(pid);
  const watching = watchBystanders({ url, stream, cpuMs, signal: stopping.signal });
  const { costliest, complaints } = await sayCorpus(options, cpuMs);
  const ends = new Map<string, number>();
  const random = seededRandom(options.seed);
  const progress = { left: options.frames };
  const worker = async (): Promise<void> => {
    while (progress.left > 0 && !options.signal.aborted && complaints.length < complaintsMax) {
      const outcome = await sayRandomFrames(options, random, progress);
      complaints.push(...outcome.complaints);
      const end = outcome.closeCode === undefined ? 'lived' : String(outcome.closeCode);
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: socketsAtATime }, worker));
  stopping.abort();
  const bystanders = await watching;
  complaints.push(...bystanders.complaints);
  if (bystanders.slowestCpuMs > answerCpuMsMax) {
    complaints.push(`an answer came after ${bystanders.slowestCpuMs} ms of CPU`);
  }
  const frames = options.frames - Math.max(0, progress.left);
  return { frames, ends, bystanders, costliest, complaints };
}

/** What the frames of the corpus cost at most, and what was said that should not have been. */
async function sayCorpus(
  options: FuzzOptions,
  cpuMs: () => number,
): Promise<{ readonly costliest: FrameCost; readonly complaints: string[] }> {
  const complaints: string[] = [];
  let costliest: FrameCost = { name: '', cpuMs: 0 };
  for (const speech of speeches) {
    for (const bad of corpus[speech.name]) {
      const name = `${speech.name}: ${bad.name}`;
      let leastMs = Infinity;
      for (let time = 0; time < measuredTimes; time += 1) {
        const beforeMs = cpuMs();
        complaints.push(...(await sayBadFrame(options, speech, bad)));
        leastMs = Math.min(leastMs, cpuMs() - beforeMs);
      }
      if (leastMs > frameCpuMsMax) complaints.push(`${name}: ${leastMs} ms of CPU`);
      if (leastMs > costliest.cpuMs) costliest = { name, cpuMs: leastMs };
    }
  }
  if (costliest.cpuMs === 0) complaints.push('the tracker’s CPU time is not known');
  return { costliest, complaints };
}

/** What was said of a frame of the corpus that should not have been. */
async function sayBadFrame(
  { url, stream }: FuzzOptions,
  speech: Speech,
  { name, frame, answer }: BadFrame,
): Promise<readonly string[]> {
  const { answers, closeCode, complaints } = await sayOn(url, stream, speech, [frame]);
  const isAnswered = closeCode === answer || answers.some((text) => text.includes(String(answer)));
  if (isAnswered) return complaints;
  const end = closeCode === undefined ? 'lived' : `closed with ${closeCode}`;
  return [...complaints, `${speech.name}: ${name}: not ${answer}, ${end}: ${answers.join(' ')}`];
}

async function sayRandomFrames(
  { url, stream, frames: framesInAll, say }: FuzzOptions,
  random: Random,
  progress: { left: number },
): Promise<Awaited<ReturnType<typeof sayOn>>> {
  const speech = speeches[randomIndex(random, speeches.length)];
  if (speech === undefined) throw new Error('there are some');
  const count = Math.min(progress.left, 1 + randomIndex(random, framesPerSocketMax));
  const before = framesInAll - progress.left;
  progress.left -= count;
  if (Math.floor(before / sayEvery) < Math.floor((before + count) / sayEvery)) {
    say(`${before + count} frames`);
  }
  const frames = Array.from({ length: count }, () => randomFrame(speech, stream, random));
  return sayOn(url, stream, speech, frames).catch((error: unknown) => ({
    answers: [],
    closeCode: undefined,
    complaints: [`${speech.name}: ${String(error)} after ${frames.map(String).join('\n')}`],
  }));
}
