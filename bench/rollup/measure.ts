import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openClickHouse, type ClickHouse } from '../../clickhouse/index.js';
import { connectKafka, TopicWorkbench, type LogAdmin } from '../../kafka/index.js';
import { groups, topics } from '../../schemas/index.js';
import type { Logger } from '../../service/logs.js';
import { setUpCluster, type Stack } from '../../stack/index.js';
import { countedInClickHouse, differences } from './check.js';
import { CountingCarbon } from './counting-carbon.js';
import { drainStart, followDrain, type DrainFigures } from './drain.js';
import { fillTopic } from './fill.js';
import { limitCpuSeconds, type LimitKind } from './limit.js';
import { RollupProcess } from './rollup-process.js';
import { Workload } from './workload.js';

export interface RollupBenchOptions {
  readonly announces: number;
  readonly sessions: number;
  /** Rollup processes at most. */
  readonly consumers: number;
  /** Where the rollup processes leave their CPU profiles. */
  readonly profileFolder: string | undefined;
}

export interface Reporting {
  readonly say: (line: string) => void;
  readonly print: (line: string) => void;
  readonly stopping: AbortController;
}

const partitions = 8;
const minuteMs = 60_000;
/** So long ago that the whole run, and the mark that makes it final, is in the past. */
const startedAgoMinutes = 20;
const keptMetric = /^viblast\.streams\.[^.]+\.(viewers|bytes\.cdn|bytes\.p2p)$/;
const megabyte = 1_048_576;

/** Measures one size of batches on a fresh cluster; returns how many totals differ from what was made. */
export async function measureBatches(
  stack: Stack,
  batch: number,
  options: RollupBenchOptions,
  reporting: Reporting,
): Promise<number> {
  const { say, print } = reporting;
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_fields, message) => say(message),
    error: (_fields, message) => say(message),
  };
  const { brokers } = stack.kafka;
  await setUpCluster(brokers, { partitions });
  const workbench = await TopicWorkbench.open(brokers);
  const carbon = await CountingCarbon.listen((metric) => keptMetric.test(metric));
  const clickhouse = openClickHouse({ ...stack.clickhouse, user: 'default', password: '', logger });
  const processes: RollupProcess[] = [];
  try {
    const startMs = (Math.floor(Date.now() / minuteMs) - startedAgoMinutes) * minuteMs;
    const workload = new Workload(options.announces, options.sessions, startMs);
    say(`making ${options.announces} announces in batches of ${batch}`);
    const filled = await fillTopic(workbench, workload, { ...options, batch, partitions, startMs });
    print(
      `\nbatches of ${batch}: ${options.announces} announces of ${options.sessions} sessions, ` +
        `${filled.records} records, ${filled.recordBytes} bytes, ${partitions} partitions`,
    );
    const kafka = connectKafka({ brokers, clientId: 'bench-rollup', logger });
    const million = options.announces / 1_000_000;
    for (const kind of ['fetch alone', 'fetch + plain avsc decode'] satisfies LimitKind[]) {
      for (const pass of ['cold', 'warm']) {
        const group = `limit ${kind} ${pass}`;
        const cpuSeconds = await limitCpuSeconds(kafka, kind, group, filled.records);
        print(line(`${kind}, ${pass}`, cpuSeconds, million));
      }
    }
    const settings = {
      kafka_brokers: brokers.join(','),
      graphite_host: '127.0.0.1',
      graphite_port: String(carbon.port),
      clickhouse_url: stack.clickhouse.url,
      clickhouse_database: stack.clickhouse.database,
      log_level: 'warn',
    };
    let differing = 0;
    const check = async (figures: DrainFigures, what: string): Promise<void> => {
      const found = await differences(clickhouse, carbon, workload.expected);
      differing += found.length;
      for (const difference of found.slice(0, 10)) print(`  DIFFERS ${difference}`);
      print(
        `${line(what, figures.cpuSeconds, million)}, ` +
          `${Math.round(options.announces / figures.seconds).toLocaleString('en-US')} announces/s, ` +
          `peak RSS ${Math.round(figures.peakResidentBytes / megabyte)} MiB, ` +
          `${figures.announcesRead - options.announces} read again, ` +
          `${carbon.points} points, ${found.length} differences`,
      );
    };
    const admin = await kafka.admin();
    // Minutes of an earlier drain may come from the partials that it left, so the totals alone say nothing.
    const isDone = async (): Promise<boolean> =>
      (await isAllCommitted(admin)) &&
      (await countedInClickHouse(clickhouse)) === options.announces;
    for (let consumers = 1; consumers <= options.consumers; consumers += 1) {
      const coldStart = { atMs: performance.now(), cpuSeconds: 0, announcesRead: 0 };
      processes.push(
        await RollupProcess.start(
          { ...settings, node_name: `rollup-${consumers}` },
          join(stack.folder, `bench-rollup-${consumers}.log`),
          options.profileFolder === undefined
            ? []
            : ['--cpu-prof', `--cpu-prof-dir=${options.profileFolder}`],
        ),
      );
      if (consumers === 1) {
        say('draining, cold');
        const figures = await followDrain(processes, coldStart, isDone, reporting.stopping.signal);
        await delay(1_000);
        await check(figures, '1 consumer, cold, its start included');
      } else {
        await untilShared(processes);
      }
      // Asked before they are paused: a paused process answers nothing, and uses no CPU.
      const before = await drainStart(processes);
      await forgetAll(processes, workbench, clickhouse, carbon);
      say(`draining again with ${consumers} consumer(s)`);
      const start = { ...before, atMs: performance.now() };
      for (const one of processes) one.signal('SIGCONT');
      const figures = await followDrain(processes, start, isDone, reporting.stopping.signal);
      await delay(1_000);
      await check(
        figures,
        `${consumers} consumer(s), ${consumers === 1 ? 'warm' : 'one of them warm'}`,
      );
    }
    await admin.close();
    return differing;
  } finally {
    for (const one of processes) await one.stop();
    carbon.close();
    await clickhouse.close();
    await workbench.close();
  }
}

/** Stage 1 has read all, sent all and dropped all. */
async function isAllCommitted(admin: LogAdmin): Promise<boolean> {
  const commits = await admin.commits(groups.partials, topics.announces);
  const committed = new Map(commits.map(({ partition, offset }) => [partition, offset]));
  const logs = await admin.offsets(topics.announces);
  return logs.every(({ partition, endOffset }) => committed.get(partition) === endOffset);
}

/** Everybody owns something. */
async function untilShared(processes: readonly RollupProcess[]): Promise<void> {
  const label = 'topic="announces"';
  for (;;) {
    const owned = await Promise.all(
      processes.map((one) => one.metric('viblast_rollup_owned_partitions', label)),
    );
    if (owned.every((count) => count > 0)) return;
    await delay(500);
  }
}

/** Pauses the processes until both groups have lost them, and takes away what they have reached. */
async function forgetAll(
  processes: readonly RollupProcess[],
  workbench: TopicWorkbench,
  clickhouse: ClickHouse,
  carbon: CountingCarbon,
): Promise<void> {
  for (const one of processes) one.signal('SIGSTOP');
  for (const group of [groups.partials, groups.totals]) await workbench.forgetCommits(group);
  await clickhouse.client.command({ query: 'TRUNCATE TABLE stream_minutes' });
  carbon.forget();
}

function line(what: string, cpuSeconds: number, million: number): string {
  const perCpuSecond = Math.round((million * 1_000_000) / cpuSeconds).toLocaleString('en-US');
  const perMillion = (cpuSeconds / million).toFixed(2);
  return `  ${what}: ${perCpuSecond} announces per CPU second, ${perMillion} CPU s per million`;
}
