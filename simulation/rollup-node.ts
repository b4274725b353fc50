import { Registry } from 'prom-client';
import type { LogRecord, PartitionReader } from '../kafka/index.js';
import { keepInStep } from '../rollup/in-step.js';
import { createRollupMetrics } from '../rollup/metrics.js';
import { PartialsReader } from '../rollup/partials/partials-reader.js';
import { ClickHouseSink } from '../rollup/sinks/clickhouse-sink.js';
import { GraphiteSink } from '../rollup/sinks/graphite-sink.js';
import type { MinuteWrite, Sink } from '../rollup/sinks/sink.js';
import { TotalsReader } from '../rollup/totals/totals-reader.js';
import { topics } from '../schemas/index.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import type { Carbon } from './carbon.js';
import type { Faults } from './faults.js';
import type { GroupCoordinator } from './group-coordinator.js';
import { GroupMember } from './group-member.js';
import type { SimulationParts } from './parts.js';
import type { Random } from './random.js';
import { cluster, graphitePrefix, sessionTimeoutMs } from './settings.js';
import type { SimulatedKafka } from './simulated-kafka.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { VersionedTable } from './versioned-table.js';

export interface RollupNodeOptions {
  readonly process: SimulatedProcess;
  readonly kafka: SimulatedKafka;
  readonly partialsGroup: GroupCoordinator;
  readonly totalsGroup: GroupCoordinator;
  readonly carbon: Carbon;
  readonly table: VersionedTable;
  readonly random: Random;
  readonly faults: Faults;
  readonly parts: SimulationParts;
  readonly onWritten: (sink: string, write: MinuteWrite, ownerNowMs: number) => void;
}

const silent = (): void => undefined;
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };
/** Figures that nobody reads: one set for all is enough. */
const metrics = createRollupMetrics(new Registry());
const inStepIntervals = 3;
const sinkDeadlineMs = 5_000;

/** A rollup process of both roles, wired as rollup/main.ts does it, with everything outside simulated. */
export class RollupNode {
  readonly partialsMember: GroupMember;
  readonly totalsMember: GroupMember;
  readonly #partials = new Set<PartialsReader>();
  readonly #totals = new Set<TotalsReader>();
  readonly #sinks: readonly Sink[];
  readonly #tickMs: number;

  constructor(private readonly options: RollupNodeOptions) {
    const { process, kafka, faults, parts, random } = options;
    const rateLimited = new RateLimitedLog(process.now);
    const sending = kafka.producerOf(process);
    const producer = parts.producer(
      {
        append: (topic, partition, records) => {
          const member = topic === topics.partials ? this.partialsMember : undefined;
          if (member?.isZombie === true && !faults.isOver) faults.count('zombie owner writes');
          return sending.append(topic, partition, records);
        },
        close: () => sending.close(),
      },
      process,
    );
    const { now, sleep, name: node } = process;
    const shared = { cluster, producer, node, now, sleep, logger, rateLimited, metrics };
    this.#sinks = this.#makeSinks(rateLimited);
    this.#tickMs = random.pick([200, 400, 800]);
    this.partialsMember = this.#member(topics.announces, options.partialsGroup, (owned, start) =>
      registered(this.#partials, new PartialsReader(owned, start, shared)),
    );
    this.totalsMember = this.#member(topics.partials, options.totalsGroup, (owned, start) =>
      registered(
        this.#totals,
        new TotalsReader(owned, start, {
          ...shared,
          sinks: this.#sinks,
          sessionTimeoutMs,
          lastHeartbeatAtMs: this.totalsMember.lastHeartbeatAtMs,
        }),
      ),
    );
    this.#tick();
  }

  get process(): SimulatedProcess {
    return this.options.process;
  }

  crash(): void {
    this.process.kill();
  }

  /** SIGTERM: leaves the groups, lets the sinks finish, ends. */
  async stop(): Promise<void> {
    this.partialsMember.stop();
    this.totalsMember.stop();
    for (const sink of this.#sinks) await sink.close(sinkDeadlineMs);
    this.process.kill();
  }

  #tick(): void {
    this.process.after(this.#tickMs, () => {
      for (const reader of dropClosed(this.#partials)) reader.tick();
      for (const reader of dropClosed(this.#totals)) reader.tick();
      keepInStep([...this.#partials], inStepIntervals * cluster.intervalMs);
      this.#tick();
    });
  }

  #member(
    topic: string,
    coordinator: GroupCoordinator,
    open: ConstructorParameters<typeof GroupMember>[0]['open'],
  ): GroupMember {
    const { process, kafka, random, faults, parts } = this.options;
    return new GroupMember({
      process,
      topic,
      coordinator,
      kafka,
      random,
      faults,
      parts,
      open: (owned, start) => {
        const reader = open(owned, start);
        const read = (records: readonly LogRecord[]): Promise<void> =>
          reader.read(parts.recordsRead(topic, records, process.now()));
        return { read, close: () => reader.close() };
      },
    });
  }

  #makeSinks(rateLimited: RateLimitedLog): Sink[] {
    const { process, carbon, table, parts, onWritten } = this.options;
    const { now, sleep } = process;
    const { intervalMs } = cluster;
    const common = { intervalMs, sleep, logger, rateLimited, onError: silent };
    const clickhouse = new ClickHouseSink({ ...common, insert: table.insertOf(process) });
    const graphite = new GraphiteSink({
      ...common,
      where: 'carbon',
      connect: (events) => carbon.connect(process, events),
      prefix: graphitePrefix,
      now,
    });
    return [clickhouse, graphite].map((sink) =>
      parts.sink(
        observed(sink, (write) => onWritten(sink.name, write, now())),
        process,
      ),
    );
  }
}

function observed(sink: Sink, onWritten: (write: MinuteWrite) => void): Sink {
  return {
    name: sink.name,
    get epoch() {
      return sink.epoch;
    },
    isVersioned: sink.isVersioned,
    write: (write) => {
      const receipt = sink.write(write);
      if (receipt !== undefined) onWritten(write);
      return receipt;
    },
    problem: () => sink.problem(),
    close: (deadlineMs) => sink.close(deadlineMs),
  };
}

function registered<Reader extends PartitionReader>(readers: Set<Reader>, reader: Reader): Reader {
  readers.add(reader);
  return reader;
}

function dropClosed<Reader extends { readonly isClosed: boolean }>(
  readers: Set<Reader>,
): Set<Reader> {
  for (const reader of readers) if (reader.isClosed) readers.delete(reader);
  return readers;
}
