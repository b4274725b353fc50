import { setTimeout as delay } from 'node:timers/promises';
import { groupBy } from '../../../service/group-by.js';
import { seededRandom } from '../../../service/random.js';
import { balanceModes, type BalanceMode } from '../../stack/balance-modes.js';
import { setUpCluster } from '../../stack/cluster.js';
import { runProgram, show, type TrackerProcess } from '../../stack/index.js';
import { Supervisor } from '../../stack/process/supervisor.js';
import { HaproxyServer } from '../../stack/servers/haproxy.js';
import { startKafka } from '../../stack/servers/kafka.js';
import { Services, type StartedTracker } from '../../stack/services.js';
import { machineLine } from '../ingest/machine.js';
import { percentile, watch } from './audience.js';
import type { BenchViewer } from './bench-viewer.js';
import { register } from './register.js';
import { usedBetween, usedBy } from './trackers-used.js';

/**
 * `npm run bench:neighbours`: what it costs that viewers of different trackers meet, idle, by small
 * swarm and by signal; and HAProxy's ways to spread viewers, side by side. Takes some five minutes.
 */

const brokers = 3;
const trackerCount = 4;
const settleMs = 8_000;
const idleMs = 20_000;
const stayMs = 30_000;
const pairCount = 500;

interface Bench {
  readonly supervisor: Supervisor;
  readonly trackers: readonly StartedTracker[];
  readonly signal: AbortSignal;
}

const named = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const repeated = (keys: readonly string[], times: number): string[] =>
  keys.flatMap((key) => Array.from({ length: times }, () => key));

const pairs = named('pair', pairCount);
const mixed = { two: named('two', 100), ten: named('ten', 10), many: named('many', 1) };

/** 500 viewers of streams with 2, 10 and 200 of them, in any order. */
function mixedAudience(): string[] {
  const random = seededRandom(7);
  return [...repeated(mixed.two, 2), ...repeated(mixed.ten, 10), ...repeated(mixed.many, 200)]
    .map((stream) => ({ stream, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ stream }) => stream);
}

const processesOf = ({ trackers }: Bench): TrackerProcess[] =>
  trackers.map(({ process: tracker }) => tracker);

async function measureIdle({ supervisor, trackers, signal }: Bench): Promise<void> {
  await delay(settleMs, undefined, { signal });
  const [first] = trackers;
  if (first === undefined) throw new Error('no tracker');
  const before = usedBy([first.process], supervisor.folder);
  await delay(idleMs, undefined, { signal });
  const used = usedBetween(before, usedBy([first.process], supervisor.folder));
  const share = (100 * used.cpuSeconds) / used.seconds;
  show(
    `idle      a tracker of ${trackers.length}: ${share.toFixed(2)} % of a core, ` +
      `${(used.wakeUps / used.seconds).toFixed(0)} wake-ups a second; ` +
      `all: ${(used.swarmsBytes / used.seconds).toFixed(0)} bytes a second told`,
  );
}

/** The two of each pair on the same tracker, or on two. */
async function measurePairs(bench: Bench, areApart: boolean): Promise<number> {
  const { supervisor, trackers, signal } = bench;
  const before = usedBy(processesOf(bench), supervisor.folder);
  const door = (index: number): string => {
    const place = Math.floor(index / 2) + (areApart ? index % 2 : 0);
    return trackers[place % trackers.length]?.process.ws ?? '';
  };
  const viewers = await watch(repeated(pairs, 2), door, stayMs, signal);
  const used = usedBetween(before, usedBy(processesOf(bench), supervisor.folder));
  const met = metPairs(viewers, pairs);
  show(
    `pairs     ${pairCount} on ${areApart ? 'two trackers' : 'one tracker '} each: ` +
      `${met} met, CPU ${used.cpuSeconds.toFixed(2)} s in ${used.seconds.toFixed(0)} s, ` +
      `swarms ${(used.swarmsBytes / 1_024).toFixed(0)} KiB, signals ${(used.signalsBytes / 1_024).toFixed(0)} KiB`,
  );
  if (areApart) showAnswers(viewers);
  return used.cpuSeconds;
}

function metPairs(viewers: readonly BenchViewer[], streams: readonly string[]): number {
  const isMet = (stream: string): boolean => {
    const [one, other] = viewers.filter((viewer) => viewer.stream === stream);
    if (one === undefined || other === undefined) return false;
    return one.introducedTo.has(other.peer) && other.introducedTo.has(one.peer);
  };
  return streams.filter(isMet).length;
}

function showAnswers(viewers: readonly BenchViewer[]): void {
  for (const where of ['here', 'elsewhere'] as const) {
    const times = viewers.flatMap(({ answeredMs }) => answeredMs[where]);
    if (times.length === 0) continue;
    const [half, most] = [percentile(times, 0.5), percentile(times, 0.99)];
    show(
      `          offer to answer, the other ${where}: ` +
        `p50 ${half.toFixed(1)} ms, p99 ${most.toFixed(1)} ms (${times.length})`,
    );
  }
}

async function measureMode(bench: Bench, mode: BalanceMode): Promise<boolean> {
  const { supervisor, trackers, signal } = bench;
  const haproxy = await HaproxyServer.start(supervisor, `haproxy-${mode}`, mode);
  await haproxy.add(trackers.map(({ port, process: { name } }) => ({ name, port })));
  const before = usedBy(processesOf(bench), supervisor.folder);
  const viewers = await watch(mixedAudience(), () => haproxy.ws, stayMs, signal);
  const used = usedBetween(before, usedBy(processesOf(bench), supervisor.folder));
  await haproxy.process.stop();
  const met = metPairs(viewers, mixed.two);
  const sockets = [...groupBy(viewers, ({ tracker }) => tracker).values()]
    .map(({ length }) => length)
    .sort((one, other) => one - other);
  const all = viewers.reduce((sum, { introductions }) => sum + introductions.all, 0);
  const elsewhere = viewers.reduce((sum, { introductions }) => sum + introductions.elsewhere, 0);
  show(
    `${mode.padEnd(10)}${met} of ${mixed.two.length} pairs met, sockets ${sockets.join(' ')}, ` +
      `${((100 * elsewhere) / all).toFixed(0)} % of ${all} introductions across, ` +
      `CPU ${used.cpuSeconds.toFixed(2)} s in ${used.seconds.toFixed(0)} s, ` +
      `swarms ${(used.swarmsBytes / 1_024).toFixed(0)} KiB, signals ${(used.signalsBytes / 1_024).toFixed(0)} KiB`,
  );
  showAnswers(viewers);
  return met === mixed.two.length;
}

async function measure(say: (line: string) => void, signal: AbortSignal): Promise<boolean> {
  const supervisor = new Supervisor({ progress: say });
  try {
    const kafka = await startKafka(supervisor, brokers);
    await setUpCluster(kafka.brokers, { brokers });
    await register([...pairs, ...Object.values(mixed).flat()], kafka.brokers, signal);
    const none = { plaintext: '', render: '', url: '', database: '' };
    const services = new Services(supervisor, { kafka, clickhouse: none, graphite: none });
    const trackers = await Promise.all(
      Array.from({ length: trackerCount }, () => services.startTracker()),
    );
    const bench = { supervisor, trackers, signal };
    show(`machine   ${machineLine()}`);
    show(`trackers  ${trackerCount}, Kafka with ${brokers} brokers, announces every 10 s`);
    await measureIdle(bench);
    const together = await measurePairs(bench, false);
    const apart = await measurePairs(bench, true);
    const each = (1_000 * (apart - together)) / pairCount;
    show(`          a small swarm on two trackers takes ${each.toFixed(2)} ms more of CPU in all`);
    let allMet = true;
    for (const mode of balanceModes) allMet = (await measureMode(bench, mode)) && allMet;
    return allMet;
  } finally {
    await supervisor.close();
  }
}

process.exitCode = await runProgram('bench:neighbours', ({ say }, signal) => measure(say, signal));
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();
