import type { LogRecord } from '../../kafka/index.js';
import { decodeCommitMetadata } from '../../rollup/commit-point.js';
import { sessionTimeoutMs } from '../../rollup/ownership.js';
import type { ClusterSettings } from '../../registry/index.js';
import { minuteEndMs, topics, type Announce, type SinkName } from '../../schemas/index.js';
import { AsTold } from './as-told.js';
import { Carbon } from './carbon.js';
import { Faults } from './faults.js';
import { GroupCoordinator } from './group-coordinator.js';
import { IngestFleet } from './ingest-fleet.js';
import { Invariants } from './invariants.js';
import type { SimulationParts } from './parts.js';
import type { Profile } from './profiles.js';
import { Random } from './random.js';
import { ReadersVersion } from './readers-version.js';
import { RollupNode } from './rollup-node.js';
import { rememberDecoding } from './remembered-decoding.js';
import { pauseMsMax, usualCluster } from './settings.js';
import { SimulatedClickHouse } from './simulated-clickhouse.js';
import { SimulatedKafka } from './simulated-kafka.js';
import { SimulatedProcess } from './simulated-process.js';
import type { Trace } from './trace.js';
import { TrackerNode } from './tracker-node.js';
import { VersionedTable } from './versioned-table.js';
import { Viewer } from './viewer.js';
import { VirtualClock } from './virtual-clock.js';

const rollups = 3;
const trackers = 2;
const brokers = 3;
const streams = ['arena', 'studio.2'];
const sessionsMin = 4;
const sessionsMax = 7;
/** Clocks are this far from the true time at most. */
const clockOffsetMsMax = 7_000;
const wrongClockAheadMs = 300_000;
const startMs = 1_700_000_040_000;

export interface WorldOptions {
  readonly seed: number;
  readonly profile: Profile;
  readonly parts: SimulationParts;
  readonly trace: Trace;
}

/**
 * Minutes of which something was deleted before anybody had read it: what stands for them is
 * unknown.
 */
export interface LostMinutes {
  readonly from: number;
  readonly before: number;
}

/** All processes, servers and viewers of one run, and what they did. */
export class World {
  readonly cluster: ClusterSettings;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: Faults;
  readonly kafka: SimulatedKafka;
  readonly partialsGroup: GroupCoordinator;
  readonly totalsGroups: Readonly<Record<SinkName, GroupCoordinator>>;
  readonly carbon: Carbon;
  readonly clickhouse: SimulatedClickHouse;
  readonly table: VersionedTable;
  readonly ingests: IngestFleet;
  readonly invariants: Invariants;
  readonly rollups: RollupNode[] = [];
  readonly trackers: TrackerNode[] = [];
  readonly viewers: Viewer[] = [];
  readonly made: Announce[] = [];
  readonly acknowledged = new Set<Announce>();
  lost: LostMinutes | undefined;
  /** Records, as partition/offset, whose raw rows could not be encoded once. */
  readonly unwritable = new Set<string>();
  readonly #asTold: AsTold;
  readonly #readers: ReadersVersion;
  /** When a sink was first given a minute, by both. */
  readonly #firstWrites = new Map<string, number>();
  readonly #rollupsMayRunAtMs = new Map<string, number>();
  readonly #random: Random;

  constructor(readonly options: WorldOptions) {
    const { seed, profile, trace } = options;
    const cluster = profile.cluster ?? usualCluster;
    rememberDecoding();
    this.cluster = cluster;
    const violate = (what: string): void => this.invariants.violate(what);
    this.#asTold = new AsTold(violate);
    this.invariants = new Invariants(cluster, this.#asTold);
    const random = new Random(seed);
    this.random = random.fork();
    this.#random = random.fork();
    const clock = new VirtualClock(startMs + random.below(cluster.intervalMs));
    this.clock = clock;
    this.#readers = new ReadersVersion(clock, violate);
    const faults = new Faults(profile.rates, random.fork(), (kind) => trace.add(clock.nowMs, kind));
    this.faults = faults;
    const aheadBroker = profile.isBrokerAhead === true ? random.below(brokers) : -1;
    this.kafka = new SimulatedKafka({
      clock,
      random: random.fork(),
      faults,
      brokerClockOffsetsMs: Array.from({ length: brokers }, (_, broker) =>
        broker === aheadBroker ? wrongClockAheadMs : this.#clockOffsetMs(),
      ),
      partitions: {
        [topics.announces]: cluster.partitions,
        [topics.partials]: cluster.partialPartitions,
        [topics.deadLetters]: 1,
      },
      onAppended: (topic, record) => this.#appended(topic, record),
    });
    this.partialsGroup = this.#group('partials', cluster.partitions);
    this.totalsGroups = {
      clickhouse: this.#group('clickhouse', cluster.partialPartitions),
      graphite: this.#group('graphite', cluster.partialPartitions),
    };
    this.carbon = new Carbon({
      clock,
      random: random.fork(),
      faults,
      onReceived: (from, points) => trace.add(clock.nowMs, `carbon ${from} ${points}`),
      writePauseMsMax: pauseMsMax,
    });
    this.clickhouse = new SimulatedClickHouse({ clock, random: random.fork(), faults });
    this.table = new VersionedTable({
      clock,
      clickhouse: this.clickhouse,
      onInserted: (rows) => {
        trace.add(clock.nowMs, `table ${rows.length} ${rows[0]?.version ?? 0}`);
        this.invariants.inserted(rows);
      },
    });
    this.ingests = new IngestFleet({
      clock,
      random: random.fork(),
      faults,
      cluster,
      kafka: this.kafka,
      clickhouse: this.clickhouse,
      group: this.#group('ingest', cluster.partitions),
      parts: options.parts,
      clockOffsetMs: () => this.#clockOffsetMs(),
    });
    for (let index = 0; index < trackers; index += 1) {
      const isAhead = profile.isTrackerAhead === true && index === 0;
      this.#startTracker(`tracker-${index}`, isAhead ? wrongClockAheadMs : undefined);
    }
    for (let index = 0; index < rollups; index += 1) this.#startRollup(`rollup-${index}`);
    this.#addViewers();
  }

  /** Kills a rollup; another one of its name starts later. */
  crashRollup(node: RollupNode, restartAfterMs: number): void {
    if (!this.rollups.includes(node)) return;
    node.crash();
    this.#replaceRollup(node, restartAfterMs);
  }

  stopRollup(node: RollupNode, restartAfterMs: number): void {
    void node.stop();
    this.#replaceRollup(node, restartAfterMs);
  }

  /** No rollup starts before this time. */
  keepRollupsAway(untilMs: number): void {
    for (const node of [...this.rollups]) {
      this.#rollupsMayRunAtMs.set(node.process.name, untilMs);
      this.crashRollup(node, untilMs - this.clock.nowMs);
    }
  }

  crashTracker(node: TrackerNode, restartAfterMs: number): void {
    node.process.kill();
    this.trackers.splice(this.trackers.indexOf(node), 1);
    for (const viewer of this.viewers) viewer.lose(node);
    const { name, clockOffsetMs } = node.process;
    const aheadMs = clockOffsetMs === wrongClockAheadMs ? clockOffsetMs : undefined;
    this.clock.after(restartAfterMs, () => this.#startTracker(name, aheadMs));
  }

  /** True: all groups are done with all minutes up to this one. */
  isDoneWith(minute: number): boolean {
    const isDone = (group: GroupCoordinator, partitions: number): boolean => {
      const commits = group.commits();
      if (commits.length < partitions) return false;
      return commits.every(
        ({ metadata }) => (decodeCommitMetadata(metadata)?.exactFrom ?? 0) > minute,
      );
    };
    return (
      this.ingests.isDone &&
      isDone(this.partialsGroup, this.cluster.partitions) &&
      Object.values(this.totalsGroups).every((group) =>
        isDone(group, this.cluster.partialPartitions),
      )
    );
  }

  /** How long after its end a minute was first given to the sink; Infinity: not at all. */
  firstWriteMs(sink: SinkName, minute: number): number {
    const writtenAtMs = this.#firstWrites.get(`${sink} ${minute}`) ?? Infinity;
    return writtenAtMs - minuteEndMs(minute, this.cluster.intervalMs);
  }

  /** By which a writer may write that wants this one. */
  #recordsVersion(wanted: number): number {
    return this.options.parts.recordsVersion(Math.min(wanted, this.#readers.known));
  }

  #clockOffsetMs(): number {
    return this.#random.between(-clockOffsetMsMax, clockOffsetMsMax);
  }

  #appended(topic: string, record: LogRecord): void {
    const { trace } = this.options;
    const { partition, offset, logAppendTimeMs, value } = record;
    trace.add(
      this.clock.nowMs,
      `${topic}/${partition} ${offset} ${logAppendTimeMs} ${value?.length ?? 0}`,
    );
    this.invariants.appended(topic, record);
    if (topic === topics.announces) this.ingests.appended(record);
    for (const node of this.rollups) {
      if (topic === topics.announces) node.partialsMember.fetchSoon(partition);
      else if (topic === topics.partials) {
        for (const member of Object.values(node.totalsMembers)) member.fetchSoon(partition);
      }
    }
  }

  #group(name: string, partitions: number): GroupCoordinator {
    const { clock, options, faults } = this;
    const random = this.#random.fork();
    return new GroupCoordinator({
      clock,
      random,
      partitions,
      sessionTimeoutMs,
      onCommit: ({ partition, offset, metadata }) => {
        options.trace.add(clock.nowMs, `commit ${name}/${partition} ${offset} ${metadata}`);
        if (name === 'graphite' && faults.strikes('carbon dies right after a commit of stage 2')) {
          this.carbon.kill(random.between(500, 20_000));
        }
      },
    });
  }

  #startTracker(name: string, aheadMs: number | undefined): void {
    const process = new SimulatedProcess(this.clock, name, aheadMs ?? this.#clockOffsetMs());
    const violate = (what: string): void => this.invariants.violate(what);
    this.trackers.push(
      new TrackerNode({
        process,
        cluster: this.cluster,
        producer: this.kafka.producerOf(process),
        onAcknowledged: (announce) => this.acknowledged.add(announce),
        onLate: () => {
          if (!this.faults.isOver) this.faults.count('announce is refused as too late');
        },
        onImplausible: ({ number }) => {
          violate(`plausible: ${number} of a viewer was refused by ${name}`);
        },
        onTwice: (what) => violate(`once: ${name} counts a ${what} that was told before`),
        onUnbounded: (facet) => violate(`bounded: ${name} tells too many values of ${facet} apart`),
        recordsVersion: (wanted) => this.#recordsVersion(wanted),
        onWritten: (value) => {
          this.#readers.sent(name, value);
          if (aheadMs !== undefined) this.faults.count('batch by a clock 5 minutes ahead');
        },
      }),
    );
  }

  #startRollup(name: string): void {
    const waitMs = (this.#rollupsMayRunAtMs.get(name) ?? 0) - this.clock.nowMs;
    if (waitMs > 0) {
      this.clock.after(waitMs, () => this.#startRollup(name));
      return;
    }
    const process = new SimulatedProcess(this.clock, name, this.#clockOffsetMs(), (awaiting) => {
      if (!this.faults.strikes('rollup crashes at an await')) return;
      this.crashRollup(node, this.#random.between(500, 20_000));
      awaiting.kill();
    });
    const node = new RollupNode({
      process,
      cluster: this.cluster,
      kafka: this.kafka,
      partialsGroup: this.partialsGroup,
      totalsGroups: this.totalsGroups,
      carbon: this.carbon,
      table: this.table,
      random: this.#random.fork(),
      faults: this.faults,
      parts: this.options.parts,
      onSetAside: ({ where, stream, minute }) =>
        this.invariants.violate(`${where} sets ${stream} of minute ${minute} aside`),
      recordsVersion: (wanted) => this.#recordsVersion(wanted),
      onSent: (value) => this.#readers.sent(name, value),
      onWritten: (sink, write, owner) => {
        const key = `${sink} ${write.minute}`;
        if (!this.#firstWrites.has(key)) this.#firstWrites.set(key, this.clock.nowMs);
        this.invariants.written(sink, write, owner);
      },
    });
    this.rollups.push(node);
  }

  #replaceRollup(node: RollupNode, restartAfterMs: number): void {
    this.rollups.splice(this.rollups.indexOf(node), 1);
    this.clock.after(restartAfterMs, () => this.#startRollup(node.process.name));
  }

  #addViewers(): void {
    const sessions = this.#random.between(sessionsMin, sessionsMax);
    for (let index = 0; index < sessions; index += 1) {
      const session = Buffer.alloc(16);
      session.writeUInt32BE(this.#random.below(2 ** 32));
      session.writeUInt32BE(index, 12);
      const random = this.#random.fork();
      this.viewers.push(
        new Viewer({
          clock: this.clock,
          random,
          faults: this.faults,
          stream: streams[index % streams.length] ?? 'arena',
          session,
          isRestamping: this.options.parts.isRestamping,
          trackers: () => this.trackers,
          onMade: (announce) => {
            this.made.push(announce);
            this.#asTold.made(announce);
          },
        }),
      );
    }
  }
}
