import { randomIndex, seededRandom, type Random } from '../../service/random.js';
import { watchBystanders, type BystanderOutcome } from './bystanders.js';
import { corpus, type BadFrame } from './corpus.js';
import { sayOn } from './fuzzed-socket.js';
import { randomFrame } from './random-frames.js';
import { speeches, type Speech } from './speech.js';

export interface FuzzOptions {
  /** `ws://host:port` of a tracker. */
  readonly url: string;
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
  /** What should not have been: none. */
  readonly complaints: readonly string[];
}

const socketsAtATime = 16;
/** Eight mistakes end a socket, so more would mostly go unread. */
const framesPerSocketMax = 30;
const complaintsMax = 20;
const sayEvery = 100_000;

/** Says everything that is wrong to a tracker, beside sockets that do nothing wrong. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { url, stream } = options;
  const stopping = new AbortController();
  const bystanders = watchBystanders(url, stream, stopping.signal);
  const complaints: string[] = [];
  const ends = new Map<string, number>();
  for (const speech of speeches) {
    for (const bad of corpus[speech.name]) {
      complaints.push(...(await sayBadFrame(options, speech, bad)));
    }
  }
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
  const others = await bystanders;
  const frames = options.frames - Math.max(0, progress.left);
  return { frames, ends, bystanders: others, complaints: [...complaints, ...others.complaints] };
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
