import { setTimeout as delay } from 'node:timers/promises';
import { openClickHouse, type ClickHouse } from '../../../clickhouse/index.js';
import {
  connectKafka,
  TopicWorkbench,
  type KafkaConnection,
  type LogAdmin,
} from '../../../kafka/index.js';
import { groups, topics, totalsGroups } from '../../../schemas/index.js';
import type { Logger } from '../../../service/logs.js';
import { setUpCluster, type Stack } from '../../stack/index.js';
import { countedInClickHouse, differences } from './check.js';
import { CountingCarbon } from './counting-carbon.js';
import { followDrain, resume, type DrainFigures, type DrainStart } from './drain.js';
import { appendRecords, finalAfterMs, makeRecords, type MadeRecords } from './fill.js';
import type { Reporting } from './reporting.js';
import { RollupProcess } from './rollup-process.js';
import { Workload, type WorkloadShape } from './workload.js';

export interface DrainBenchOptions extends Reporting {
  readonly stack: Stack;
  /** Where the rollup processes leave their CPU profiles. */
  readonly profileFolder: string | undefined;
}

/** What one drained pass took, and what is wrong with its result. */
export interface PassFigures extends DrainFigures {
  readonly announces: number;
  readonly points: number;
  readonly differences: number;
}

export const partitions = 8;
const minuteMs = 60_000;
/**
 * Shorter than in production: the next pass waits until stage 2 has dropped all of the last one.
 */
const takeoverSeconds = 12;
const keptMetric = /^viblast\.streams\.[^.]+\.(viewers|bytes\.cdn|bytes\.p2p)$/;
const keptMetrics = 3;
/**
 * The last points are written in the tick in which ClickHouse was told; this long they may be on
 * their way.
 */
const arrivingMs = 1_000;
const differencesShown = 10;
const pollMs = 250;

/** Passes on what somebody should look at. */
export function silentLogger(say: (line: string) => void): Logger {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (_fields, message) => say(message),
    error: (_fields, message) => say(message),
  };
}

/**
 * A cluster with its sinks and rollup processes, which drain one filled pass after the other. The
 * passes' stamps lie ahead of the clock, one after the other: the owners then append no marks of
 * their own.
 */
export class DrainBench {
  readonly processes: RollupProcess[] = [];
  #nextStartMs = 0;

  private constructor(
    private readonly options: DrainBenchOptions,
    readonly kafka: KafkaConnection,
    private readonly admin: LogAdmin,
    private readonly workbench: TopicWorkbench,
    private readonly carbon: CountingCarbon,
    private readonly clickhouse: ClickHouse,
  ) {}

  static async open(options: DrainBenchOptions): Promise<DrainBench> {
    const { stack, say } = options;
    const logger = silentLogger(say);
    const { brokers } = stack.kafka;
    await setUpCluster(brokers, { partitions, takeoverSeconds });
    const kafka = connectKafka({ brokers, clientId: 'bench-rollup', logger });
    return new DrainBench(
      options,
      kafka,
      await kafka.admin(),
      await TopicWorkbench.open(brokers),
      await CountingCarbon.listen((metric) => keptMetric.test(metric)),
      openClickHouse({ ...stack.clickhouse, user: 'default', password: '', logger }),
    );
  }

  /** Makes a pass; meanwhile the processes get rid of the one before. */
  async make(shape: WorkloadShape, batch: number, isEnding = true): Promise<MadeRecords> {
    const { say, stopping } = this.options;
    say(`making ${shape.announces} announces in batches of ${batch}`);
    const minute = Math.max(this.#nextStartMs / minuteMs, Math.floor(Date.now() / minuteMs) + 1);
    const workload = new Workload(shape, minute * minuteMs);
    this.#nextStartMs = workload.endMs + finalAfterMs;
    const options = { batch, partitions, isEnding };
    const made = await makeRecords(workload, options, stopping.signal);
    if (this.processes.length > 0) {
      say('waiting until all of the pass before is dropped');
      await this.#until(() => this.#areTotalsCommitted());
    }
    return made;
  }

  /** Another process with both roles; resolves when every one owns as many partitions. */
  async addConsumer(): Promise<RollupProcess> {
    const { stack, profileFolder } = this.options;
    const name = `rollup-${this.processes.length + 1}`;
    const carbonPort = this.carbon.port;
    const started = await RollupProcess.start({ name, stack, carbonPort, profileFolder });
    this.processes.push(started);
    await this.#untilShared();
    return started;
  }

  async append(made: MadeRecords): Promise<void> {
    await appendRecords(this.workbench, made);
  }

  /** Starts the first process on what has been appended, and follows it: its start is included. */
  async drainCold(made: MadeRecords): Promise<PassFigures> {
    this.options.say('draining, cold');
    const start: DrainStart = { atMs: performance.now(), cpuSeconds: 0, announcesRead: 0 };
    await this.addConsumer();
    return this.#follow(made, start);
  }

  /** Appends the pass while the processes stand still, and lets them drain it. */
  async drainWarm(made: MadeRecords): Promise<PassFigures> {
    this.options.say(`draining with ${this.processes.length} consumer(s)`);
    this.carbon.forget();
    const start = await resume(this.processes, () => this.append(made));
    return this.#follow(made, start);
  }

  async close(): Promise<void> {
    for (const one of this.processes) await one.stop();
    this.carbon.close();
    await this.admin.close();
    await this.clickhouse.close();
    await this.workbench.close();
  }

  async #follow({ workload }: MadeRecords, start: DrainStart): Promise<PassFigures> {
    const { announces } = workload.shape;
    const points = workload.expected.size * keptMetrics;
    const isDone = async (): Promise<boolean> =>
      (await this.#isCommitted(groups.partials, topics.announces)) &&
      this.carbon.kept >= points &&
      (await countedInClickHouse(this.clickhouse, workload.firstMinute)) === announces;
    const figures = await followDrain(this.processes, start, isDone, this.options.stopping.signal);
    await delay(arrivingMs);
    const found = await differences(this.clickhouse, this.carbon, workload);
    for (const one of found.slice(0, differencesShown)) this.options.print(`  DIFFERS ${one}`);
    return { ...figures, announces, points: this.carbon.points, differences: found.length };
  }

  async #areTotalsCommitted(): Promise<boolean> {
    const committed = totalsGroups.map((group) => this.#isCommitted(group, topics.partials));
    return (await Promise.all(committed)).every(Boolean);
  }

  /** True: the group has committed all that stands in the topic and holds nothing of it. */
  async #isCommitted(group: string, topic: string): Promise<boolean> {
    const commits = await this.admin.commits(group, topic);
    const committed = new Map(commits.map(({ partition, offset }) => [partition, offset]));
    const logs = await this.admin.offsets(topic);
    return logs.every(({ partition, endOffset }) => committed.get(partition) === endOffset);
  }

  async #untilShared(): Promise<void> {
    const ownedMax = Math.ceil(partitions / this.processes.length);
    await this.#until(async () => {
      const owned = await Promise.all(
        this.processes.map((one) =>
          one.metric('viblast_rollup_owned_partitions{group="rollup-partials"}'),
        ),
      );
      return owned.every((count) => count > 0 && count <= ownedMax);
    });
  }

  async #until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      this.options.stopping.signal.throwIfAborted();
      await delay(pollMs);
    }
  }
}
