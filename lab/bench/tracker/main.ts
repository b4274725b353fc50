import { writeFileSync } from 'node:fs';
import {
  registerStreams,
  runProgram,
  setUpCluster,
  startStack,
  type ProgramOutput,
} from '../../stack/index.js';
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
  switch (name) {
    case 'c':
      return { sockets: 1_000, intervalMs: 0, warmMs, measuredMs };
    case 'ordinary':
      return { sockets: 2_000, intervalMs: 1_000, warmMs, measuredMs };
    case 'd':
      return { sockets, intervalMs, warmMs: rounds * intervalMs, measuredMs };
    case 'memory':
      return { sockets: memorySockets, intervalMs, warmMs: rounds * intervalMs, measuredMs };
  }
}

const titles: Readonly<Record<CaseName, string>> = {
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
  const stack = await startStack({ progress: say, signal });
  const compared: Partial<Record<CaseName, Comparison>> = {};
  try {
    await setUpCluster(stack.kafka.brokers, {});
    await registerStreams(streams, stack.kafka.brokers, undefined);
    show(`machine   ${machineLine()}`);
    show(`command   npm run bench:tracker -- ${process.argv.slice(2).join(' ')}`);
    for (const name of options.only) {
      const load = loadOf(name, options);
      say(`${titles[name]}, ${load.sockets} sockets`);
      const isFresh = name === 'memory';
      compared[name] = await compare(load, isFresh, { ...options, stack, say, signal });
      show(`\n${titles[name]} (${load.sockets} sockets)`);
      for (const line of comparisonLines(compared[name])) show(line);
      for (const verdict of verdictsOf(name, compared[name])) show(verdictLine(verdict));
      for (const failure of failuresOf(compared[name])) show(`  FAILED ${failure}`);
    }
  } finally {
    await stack.stop();
  }
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(compared, null, 2));
  const all = Object.entries(compared) as [CaseName, Comparison][];
  return all.every(
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
