import { writeFileSync } from 'node:fs';
import {
  registerStreams,
  runProgram,
  setUpCluster,
  startStack,
  type ProgramOutput,
} from '../../stack/index.js';
import { installPublishedClients } from '../../stack/install/published-clients.js';
import { machineLine } from '../ingest/machine.js';
import { verdictLine } from '../rollup/report.js';
import { compare, type Comparison } from './compare.js';
import { parseCommandLine, type CaseName, type TrackerBenchOptions } from './options.js';
import { comparisonLines, failuresOf, verdictsOf } from './report.js';
import { streams, type Load } from './run-load.js';

/**
 * `npm run bench:tracker`: what a viewer costs. Each server is a process of its own, and CPU is its
 * alone; the load comes from others. Figures on stdout, progress on stderr. Ends with 1 when a
 * target was missed or an announce got no answer that it should have.
 */

const intervalMs = 10_000;

function loadOf(name: CaseName, { quick, sockets, memorySockets }: TrackerBenchOptions): Load {
  const [warmMs, measuredMs] = quick ? [5_000, 10_000] : [10_000, 20_000];
  // An acknowledgement may come with the answer to the next announce.
  const rounds = quick ? 2 : 3;
  const [torrent, viblast] = [{ dialect: 'webtorrent' }, { dialect: 'viblast' }] as const;
  const atOnce = { sockets: 1_000, intervalMs: 0, warmMs, measuredMs };
  const slowly = { intervalMs, warmMs: rounds * intervalMs, measuredMs };
  switch (name) {
    case 'a':
      return { ...torrent, ...atOnce, offers: 5 };
    case 'b':
      return { ...torrent, ...atOnce };
    case 'c':
      return { ...viblast, ...atOnce };
    case 'ordinary':
      return { ...viblast, ...atOnce, sockets: 2_000, intervalMs: 1_000 };
    case 'd':
      return { ...viblast, ...slowly, sockets };
    case 'memory':
      return { ...viblast, ...slowly, sockets: memorySockets };
  }
}

const titles: Readonly<Record<CaseName, string>> = {
  a: '(a) WebTorrent announces with 5 offers, each relayed and answered',
  b: '(b) WebTorrent announces without offers',
  c: '(c) viblast.v1 at full load: each socket announces as soon as it is answered',
  ordinary: 'viblast.v1 at an ordinary load: each socket announces once a second',
  d: '(d) many sockets that announce every 10 s',
  memory: 'memory: sockets that announce every 10 s, each server a new process',
};

async function measure(
  options: TrackerBenchOptions,
  { say, show }: ProgramOutput,
  signal: AbortSignal,
): Promise<boolean> {
  if (options.only.some((name) => name === 'a' || name === 'b')) await installPublishedClients(say);
  const stack = await startStack({ progress: say, signal });
  const compared = new Map<CaseName, Comparison>();
  try {
    await setUpCluster(stack.kafka.brokers, {});
    await registerStreams(streams, stack.kafka.brokers, undefined);
    show(`machine   ${machineLine()}`);
    show(`command   npm run bench:tracker -- ${process.argv.slice(2).join(' ')}`);
    for (const name of options.only) {
      const load = loadOf(name, options);
      say(`${titles[name]}, ${load.sockets} sockets`);
      const isFresh = name === 'memory';
      const one = await compare(load, isFresh, { ...options, stack, say, signal });
      compared.set(name, one);
      show(`\n${titles[name]} (${load.sockets} sockets)`);
      for (const line of comparisonLines(name, one)) show(line);
      for (const verdict of verdictsOf(name, one)) show(verdictLine(verdict));
      for (const failure of failuresOf(one)) show(`  FAILED ${failure}`);
    }
  } finally {
    await stack.stop();
  }
  if (options.json !== undefined) {
    const figures = Array.from(compared, ([name, one]) => [name, Object.fromEntries(one)] as const);
    writeFileSync(options.json, JSON.stringify(Object.fromEntries(figures), null, 2));
  }
  return [...compared].every(
    ([name, one]) =>
      failuresOf(one).length === 0 && verdictsOf(name, one).every(({ isMet }) => isMet),
  );
}

const parsed = parseCommandLine(process.argv.slice(2));
process.exitCode =
  parsed.kind === 'exit'
    ? parsed.code
    : await runProgram('bench:tracker', (output, signal) =>
        measure(parsed.options, output, signal),
      );
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();
