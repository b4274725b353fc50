import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writeToCarbon } from '../../../graphite/index.js';
import { runProgram, show, startStack } from '../../stack/index.js';
import { machineLine } from '../ingest/machine.js';
import { register } from '../neighbours/register.js';
import { allRead, ask, folderOf, forgetFiles, type Bench } from './bench.js';
import { group, measureGroup } from './group-times.js';
import { minuteOfFigures, writeFigures, type MadeStreams } from './made-figures.js';
import { loadPages, type PageLoad } from './page-loads.js';
import { isMet, timesLine, type Timed } from './timing.js';

/**
 * `npm run bench:portal`: the list of 10 000 live streams and a stream's page over 30 days of
 * minutes, from real whisper files through the real graphite-web, and both pages in Chromium; what
 * a group of 1 000 streams has together over an hour and a day; cold and warm. Takes some eight
 * minutes. Ends with 1 when a target was missed.
 */

const targets = { listMs: 150, streamMs: 300, renderMs: 1_000 };
const minuteMs = 60_000;
const partialPartitions = 4;
const longStreams = 20;
/** Of these: whose answers are asked for, and whose pages are loaded with nothing else to do. */
const asked = { cold: 9, pages: 5 };
const rounds = { starts: 5, list: 200, stream: 120, renders: 20 };
const readersAtOnce = 4;

const { values: options } = parseArgs({
  options: { streams: { type: 'string' }, group: { type: 'string' }, only: { type: 'string' } },
});
const streamCount = Number(options.streams ?? 10_000);
const groupCount = Number(options.group ?? 1_000);

/** The times of all, a few at once. */
async function timesOf(bench: Bench, paths: readonly string[]): Promise<number[]> {
  const waiting = [...paths];
  const times: number[] = [];
  const readOn = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      times.push((await ask(bench, path)).ms);
    }
  };
  await Promise.all(Array.from({ length: readersAtOnce }, readOn));
  return times;
}

/** Ways in which people look at the list. */
function listPath(index: number): string {
  const ways = [
    'sort=viewers',
    'sort=title',
    'sort=offload',
    'search=bench-7',
    'sort=key&limit=50',
  ];
  return `/api/v1/now?${ways[index % ways.length] ?? ''}`;
}

/** Tells carbon of the minute that has passed, as a rollup would. */
async function writeMinute({ stack, made }: Bench): Promise<void> {
  const [host = '', port = ''] = stack.graphite.plaintext.split(':');
  const timeS = Math.floor(Date.now() / minuteMs) * 60 - 60;
  await writeToCarbon({ host, port: Number(port) }, minuteOfFigures(timeS, made));
}

async function nextMinute(bench: Bench): Promise<void> {
  bench.say('waiting for the next minute');
  await delay(minuteMs - (Date.now() % minuteMs) + 1_500);
  await writeMinute(bench);
}

/** A portal that has kept nothing, beside files that the system has nothing of in memory. */
async function startCold({ portal, root }: Bench): Promise<void> {
  await portal.stop();
  await forgetFiles(root);
  await portal.start();
}

async function measureStarts(bench: Bench): Promise<Timed[]> {
  const first: number[] = [];
  for (let start = 0; start < rounds.starts; start += 1) {
    bench.say(`starting the portal cold, ${start + 1} of ${rounds.starts}`);
    await startCold(bench);
    first.push((await ask(bench, listPath(0))).ms);
  }
  const all = [(first.at(-1) ?? NaN) + (await allRead(bench))];
  return [
    { what: 'list, cold: first look after a start', times: first, targetMs: targets.listMs },
    { what: 'list, cold: figures of all streams there', times: all },
  ];
}

async function measureList(bench: Bench): Promise<Timed[]> {
  const paths = Array.from({ length: rounds.list }, (_, index) => listPath(index));
  const warm = await timesOf(bench, paths);
  await nextMinute(bench);
  const fresh = await timesOf(bench, paths);
  return [
    { what: 'list, warm', times: warm, targetMs: targets.listMs },
    { what: 'list, while a minute comes in', times: fresh, targetMs: targets.listMs },
  ];
}

/** A stream's page over 30 days, which nobody has looked at since the portal started. */
function streamPage(key: string): PageLoad {
  const complete = '.figures:has(.histogram):has(.heatmap)';
  return { path: `/streams/${key}?range=30d`, shown: '.chart canvas', complete };
}

/** The files of streams are cold to the system, and the streams to the portal. */
async function coldPages(bench: Bench, streams: readonly string[]) {
  await forgetFiles(...streams.map((key) => folderOf(bench, key)));
  return loadPages(bench.portal.url, bench.portal.token, streams.map(streamPage));
}

/** What a stream's page asks for, asked for anew one after the other: nobody has looked yet. */
async function coldAnswers(bench: Bench, streams: readonly string[], page: PageAnswers) {
  await forgetFiles(...streams.map((key) => folderOf(bench, key)));
  const times: number[] = [];
  for (const key of streams) {
    for (const path of page.paths) {
      times.push((await ask(bench, path.replace(`/${page.key}/`, `/${key}/`))).ms);
    }
  }
  return times;
}

interface PageAnswers {
  /** Of the stream whose page it was. */
  readonly key: string;
  readonly paths: readonly string[];
}

async function measureStream(bench: Bench): Promise<Timed[]> {
  const { long } = bench.made;
  const [key = '', ...others] = long;
  bench.say('loading pages of streams');
  await allRead(bench);
  const [first] = await coldPages(bench, [key]);
  const paths = first?.answers.map(({ path }) => path) ?? [];
  const cold = await coldAnswers(bench, others.slice(0, asked.cold), { key, paths });
  const pages = others.slice(asked.cold);
  const alone = await coldPages(bench, pages.slice(0, asked.pages));
  await nextMinute(bench);
  const busy = await coldPages(bench, pages.slice(asked.pages));
  const again = Array.from(
    { length: rounds.stream },
    (_, index) => paths[index % paths.length] ?? '',
  );
  const warm = await timesOf(bench, again);
  const msOf = (loads: typeof alone): number[] =>
    loads.flatMap((load) => load.answers.map(({ ms }) => ms));
  const stream = 'stream over 30 days, each answer';
  return [
    { what: `${stream}, cold`, times: cold, targetMs: targets.streamMs },
    { what: `${stream}, warm`, times: warm, targetMs: targets.streamMs },
    { what: `${stream}, cold, in Chromium`, times: msOf(alone) },
    { what: `${stream}, cold, in Chromium, while a minute comes in`, times: msOf(busy) },
    { what: 'stream over 30 days, cold: first chart', times: alone.map((one) => one.paintedMs) },
  ];
}

async function measureRender({ portal, say }: Bench): Promise<Timed[]> {
  say('loading the list in Chromium');
  const rows = '.list tbody tr';
  const page = { path: '/', shown: rows, complete: rows };
  const loads = await loadPages(
    portal.url,
    portal.token,
    Array<PageLoad>(rounds.renders).fill(page),
  );
  const times = loads.map((one) => one.paintedMs);
  return [{ what: 'list in Chromium: first rows', times, targetMs: targets.renderMs }];
}

const parts = {
  starts: measureStarts,
  list: measureList,
  stream: measureStream,
  group: measureGroup,
  render: measureRender,
};
const allParts = Object.keys(parts) as (keyof typeof parts)[];
const only = options.only?.split(',') ?? allParts;
const chosen = allParts.filter((part) => only.includes(part));
if (chosen.length < only.length) throw new Error(`--only: some of ${allParts.join(', ')}`);

async function measure(say: (line: string) => void, signal: AbortSignal): Promise<boolean> {
  const made: MadeStreams = {
    listed: Array.from({ length: streamCount }, (_, index) => `bench-${10_000 + index}`),
    long: Array.from({ length: longStreams }, (_, index) => `long-${index}`),
    grouped: Array.from({ length: groupCount }, (_, index) => `group-${10_000 + index}`),
    partialPartitions,
  };
  const stack = await startStack({
    portal: true,
    streams: [],
    partialPartitions,
    progress: say,
    signal,
  });
  try {
    const { portal } = stack;
    if (portal === undefined) throw new Error('no portal was started');
    const root = join(stack.folder, 'graphite', 'storage', 'whisper');
    const bench = { stack, made, portal, root, say };
    say(`registering ${streamCount + longStreams + groupCount} streams`);
    await register([...made.listed, ...made.long], stack.kafka.brokers, signal);
    await register(made.grouped, stack.kafka.brokers, signal, { groups: [group] });
    say('writing whisper files');
    const files = writeFigures(root, Math.floor(Date.now() / minuteMs) * 60, made);
    await writeMinute(bench);
    show(`machine   ${machineLine()}, ${kernel()}`);
    show(`command   npm run bench:portal ${process.argv.slice(2).join(' ')}`);
    const counts = `${streamCount} in the list, ${groupCount} of a group, ${longStreams} over 30 days`;
    show(`streams   ${counts}; ${files} files`);
    show('cold      the portal has kept nothing of them, and the system nothing of their files\n');
    const timed: Timed[] = [];
    for (const part of chosen) {
      for (const one of await parts[part](bench)) {
        show(timesLine(one));
        timed.push(one);
      }
    }
    return timed.every(isMet);
  } finally {
    await stack.stop();
  }
}

function kernel(): string {
  return `Linux ${readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()}`;
}

process.exitCode = await runProgram('bench:portal', ({ say }, signal) => measure(say, signal));
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();
