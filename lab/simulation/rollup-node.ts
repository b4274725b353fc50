import { Registry } from 'prom-client';
import { appendingBy, partitionOfStream, type PartitionReader } from '../../kafka/index.js';
import type { ClusterSettings } from '../../registry/index.js';
import { LastingCarbonConnection } from '../../graphite/index.js';
import { isOurMetadata } from '../../rollup/commit-point.js';
import { partialsWaitingMax, totalsWaitingMax, waitingPollMs } from '../../rollup/final-bounds.js';
import { createRollupMetrics } from '../../rollup/metrics.js';
import { ClickHouseSink } from '../../rollup/sinks/clickhouse-sink.js';
import { GraphiteSink } from '../../rollup/sinks/graphite-sink.js';
import { sinkDeadlineMs, type MinuteWrite, type Sink } from '../../rollup/sinks/sink.js';
import type { SetAside } from '../../rollup/set-aside.js';
import { Setbacks } from '../../rollup/setbacks.js';
import { Stages } from '../../rollup/stages.js';
import { topics, type SinkName } from '../../schemas/index.js';
import { RateLimitedLog } from '../../service/logs.js';
import { PartitionWatch } from '../../service/partition-watch.js';
import { silentLogger as logger } from '../../service/testing/silent-logger.js';
import type { AssignedReadingsOptions } from './assigned-readings.js';
import { socketsOf } from './carbon-socket.js';
import type { Carbon } from './carbon.js';
import type { Faults } from './faults.js';
import { forwarded } from './forwarded.js';
import type { GroupCoordinator } from './group-coordinator.js';
import { GroupMember } from './group-member.js';
import type { SimulationParts } from './parts.js';
import type { Random } from './random.js';
import type { WritingOwner } from './invariants.js';
import { askedFacet, graphitePrefix } from './settings.js';
import type { SimulatedKafka } from './simulated-kafka.js';
import type { SimulatedProcess } from './simulated-process.js';
import { throwingOnce } from './throws.js';
import type { VersionedTable } from './versioned-table.js';

export interface RollupNodeOptions {
  readonly process: SimulatedProcess;
  readonly cluster: ClusterSettings;
  readonly kafka: SimulatedKafka;
  readonly partialsGroup: GroupCoordinator;
  readonly totalsGroups: Readonly<Record<SinkName, GroupCoordinator>>;
  readonly carbon: Carbon;
  readonly table: VersionedTable;
  readonly random: Random;
  readonly faults: Faults;
  readonly parts: SimulationParts;
  readonly onSetAside: SetAside;
  /** By which records are to be written now. */
  readonly recordsVersion: (wanted: number) => number;
  readonly onSent: (value: Buffer | null) => void;
  readonly onWritten: (sink: SinkName, write: MinuteWrite, owner: WritingOwner) => void;
}

/** Figures that nobody reads: one set for all is enough. */
const metrics = createRollupMetrics(new Registry());
/** Rarer than in production, where it makes no difference but to the delay. */
const ticksMs = [250, 500, 1_000];

type WatchedReader = PartitionReader & { readonly openMinutes: number };

/**
 * A rollup process of both roles: the stages that rollup/main.ts runs, with everything outside
 * simulated.
 */
export class RollupNode {
  readonly partialsMember: GroupMember;
  readonly totalsMembers: Readonly<Record<SinkName, GroupMember>>;
  readonly #stages: Stages;
  readonly #sinks: readonly [clickhouse: Sink, graphite: Sink];
  /** By sink and partition of `rollup-partials`: where its log ended when it was assigned. */
  readonly #endOffsets = new Map<string, number>();
  readonly #tickMs: number;

  constructor(private readonly options: RollupNodeOptions) {
    const { process, cluster, kafka, faults, parts, random } = options;
    const rateLimited = new RateLimitedLog(process.now);
    const sending = kafka.producerOf(process);
    const writing = parts.producer(
      appendingBy((topic, partition, records) => {
        const member = topic === topics.partials ? this.partialsMember : undefined;
        if (member?.isZombie === true && !faults.isOver) faults.count('zombie owner writes');
        return sending.append(topic, partition, records);
      }),
      process,
    );
    const producer = appendingBy(
      (topic, partition, records) => {
        for (const { value } of records) options.onSent(value);
        return writing.append(topic, partition, records);
      },
      () => writing.close(),
    );
    const { now, sleep, name: node } = process;
    let sends = 0;
    const shared = {
      cluster,
      producer,
      // By turns, as in a cluster that is being upgraded.
      recordsVersion: () => options.recordsVersion(1 + ((sends += 1) % 3)),
      node,
      now,
      sleep,
      logger,
      rateLimited,
      metrics,
      setbacks: new Setbacks(),
      watch: new PartitionWatch(now),
      setAside: options.onSetAside,
    };
    const stages = new Stages(shared);
    this.#stages = stages;
    this.#sinks = this.#makeSinks(rateLimited);
    this.#tickMs = random.pick(ticksMs);
    this.partialsMember = this.#member(
      topics.announces,
      options.partialsGroup,
      stages.openPartials,
    );
    const [clickhouse, graphite] = this.#sinks;
    this.totalsMembers = {
      clickhouse: this.#totalsMember(clickhouse),
      graphite: this.#totalsMember(graphite),
    };
    this.#tick();
  }

  get members(): readonly GroupMember[] {
    return [this.partialsMember, ...Object.values(this.totalsMembers)];
  }

  get process(): SimulatedProcess {
    return this.options.process;
  }

  crash(): void {
    this.process.kill();
  }

  /** SIGTERM: leaves the groups, lets the sinks finish, ends. */
  async stop(): Promise<void> {
    for (const member of this.members) member.stop();
    for (const sink of this.#sinks) await sink.close(sinkDeadlineMs);
    this.process.kill();
  }

  #tick(): void {
    this.process.after(this.#tickMs, () => {
      this.#stages.tick();
      this.#tick();
    });
  }

  #totalsMember(sink: Sink): GroupMember {
    const openTotals = this.#stages.openTotals({
      sink,
      lastHeartbeatAtMs: () => this.totalsMembers[sink.name].lastHeartbeatAtMs(),
    });
    return this.#member(topics.partials, this.options.totalsGroups[sink.name], (owned, start) => {
      this.#endOffsets.set(`${sink.name}/${owned.partition}`, start.endOffset);
      return openTotals(owned, start);
    });
  }

  #member(
    topic: string,
    coordinator: GroupCoordinator,
    open: (...opened: Parameters<AssignedReadingsOptions['open']>) => WatchedReader,
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
      isOurMetadata,
      open: (owned, start) => {
        const reader = open(owned, start);
        const read: PartitionReader['read'] = (records, release) => {
          const reading = reader.read(parts.recordsRead(topic, records, process.now()), release);
          this.#watchWait(topic, reader, reading);
          return reading;
        };
        return { read, close: () => reader.close() };
      },
    });
  }

  /** Counts when a reader takes no more, for too many final minutes wait behind it. */
  #watchWait(topic: string, reader: WatchedReader, reading: Promise<void>): void {
    const { process, cluster, faults } = this.options;
    const isStage1 = topic === topics.announces;
    if (reader.openMinutes <= (isStage1 ? partialsWaitingMax : totalsWaitingMax(cluster))) return;
    let isOver = false;
    const end = (): void => void (isOver = true);
    reading.then(end, end);
    process.after(waitingPollMs / 2, () => {
      if (isOver || faults.isOver) return;
      faults.count(isStage1 ? 'stage 1 waits for Kafka' : 'stage 2 waits for its sinks');
    });
  }

  #makeSinks(rateLimited: RateLimitedLog): readonly [clickhouse: Sink, graphite: Sink] {
    const { process, cluster, carbon, table, parts, faults, onSetAside } = this.options;
    const { now, sleep } = process;
    const { intervalMs } = cluster;
    const common = {
      intervalMs,
      sleep,
      logger,
      rateLimited,
      onError: () => undefined,
      setAside: onSetAside,
    };
    const clickhouse = new ClickHouseSink({ ...common, insert: table.insertOf(process) });
    const graphite = new GraphiteSink({
      ...common,
      where: 'carbon',
      askedFacets: () => [askedFacet],
      connect: (events) =>
        new LastingCarbonConnection({
          ...events,
          open: parts.carbonSockets(socketsOf(process, carbon)),
          after: (delayMs, run) => process.after(delayMs, run),
          now,
        }),
      prefix: graphitePrefix,
      now,
    });
    const observedAs = (sink: Sink): Sink =>
      observed(
        parts.sink(sink, process),
        (write) => (faults.strikes('an encoder throws') ? throwingOnce(write) : write),
        (write) => this.#written(sink, write),
      );
    return [observedAs(clickhouse), observedAs(graphite)];
  }

  #written(sink: Sink, write: MinuteWrite): void {
    const { process, cluster, onWritten } = this.options;
    const stream = write.totals[0]?.stream;
    if (stream === undefined) return;
    const partition = partitionOfStream(stream, cluster.partialPartitions);
    const endOffset = this.#endOffsets.get(`${sink.name}/${partition}`) ?? 0;
    onWritten(sink.name, write, { nowMs: process.now(), partition, endOffset });
  }
}

function observed(
  sink: Sink,
  disturbed: (write: MinuteWrite) => MinuteWrite,
  onWritten: (write: MinuteWrite) => void,
): Sink {
  return {
    ...forwarded(sink),
    get epoch() {
      return sink.epoch;
    },
    write: (write) => {
      const receipt = sink.write(disturbed(write));
      if (receipt !== undefined) onWritten(write);
      return receipt;
    },
  };
}
