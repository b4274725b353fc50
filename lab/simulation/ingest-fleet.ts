import { Registry } from 'prom-client';
import { createIngestMetrics } from '../../ingest/metrics.js';
import type { LogRecord } from '../../kafka/index.js';
import type { ClusterSettings } from '../../registry/index.js';
import { codec, isIngestCommitMetadata, topics } from '../../schemas/index.js';
import type { Faults } from './faults.js';
import type { GroupCoordinator } from './group-coordinator.js';
import { IngestNode } from './ingest-node.js';
import type { SimulationParts } from './parts.js';
import type { Random } from './random.js';
import { RawTable } from './raw-table.js';
import type { SimulatedClickHouse } from './simulated-clickhouse.js';
import type { SimulatedKafka } from './simulated-kafka.js';
import { SimulatedProcess } from './simulated-process.js';
import type { VirtualClock } from './virtual-clock.js';

const ingests = 2;

export interface IngestFleetOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: Faults;
  readonly cluster: ClusterSettings;
  readonly kafka: SimulatedKafka;
  readonly clickhouse: SimulatedClickHouse;
  readonly group: GroupCoordinator;
  readonly parts: SimulationParts;
  readonly clockOffsetMs: () => number;
}

/** All ingests of a run, with the table that they write. */
export class IngestFleet {
  readonly nodes: IngestNode[] = [];
  readonly table: RawTable;
  readonly metrics = createIngestMetrics(new Registry());
  readonly #options: IngestFleetOptions;
  /** By partition: behind the last record that has announces. */
  readonly #announcesEnd: number[];

  constructor(options: IngestFleetOptions) {
    const { clock, clickhouse, cluster } = options;
    this.#options = options;
    this.table = new RawTable(clock, clickhouse);
    this.#announcesEnd = new Array<number>(cluster.partitions).fill(0);
    for (let index = 0; index < ingests; index += 1) this.#start(`ingest-${index}`);
  }

  get group(): GroupCoordinator {
    return this.#options.group;
  }

  /** True: all that was announced is inserted and committed. */
  get isDone(): boolean {
    return this.#announcesEnd.every(
      (end, partition) => (this.committedBefore(partition) ?? 0) >= end,
    );
  }

  /** Undefined: there is no commit of ingest's own, or none that the log can have. */
  committedBefore(partition: number): number | undefined {
    const commit = this.group.commits().find((one) => one.partition === partition);
    if (commit === undefined || !isIngestCommitMetadata(commit.metadata)) return undefined;
    return commit.offset <= this.#endOf(partition) ? commit.offset : undefined;
  }

  appended({ partition, offset, value }: LogRecord): void {
    const decoded = codec().decode(value);
    if (decoded.ok && decoded.record.type === 'AnnounceBatch') {
      this.#announcesEnd[partition] = offset + 1;
    }
    for (const { member } of this.nodes) member.fetchSoon(partition);
  }

  /** Kills an ingest; another one of its name starts later. */
  crash(node: IngestNode, restartAfterMs: number): void {
    if (!this.nodes.includes(node)) return;
    node.process.kill();
    this.#replace(node, restartAfterMs);
  }

  stop(node: IngestNode, restartAfterMs: number): void {
    void node.stop();
    this.#replace(node, restartAfterMs);
  }

  #endOf(partition: number): number {
    return this.#options.kafka.records(topics.announces, partition).length;
  }

  #replace(node: IngestNode, restartAfterMs: number): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    this.#options.clock.after(restartAfterMs, () => this.#start(node.process.name));
  }

  #start(name: string): void {
    const { clock, random, faults, cluster, kafka, group, parts, clockOffsetMs } = this.#options;
    const crash = (): void => this.crash(node, random.between(500, 20_000));
    const process = new SimulatedProcess(clock, name, clockOffsetMs(), (awaiting) => {
      if (!faults.strikes('ingest crashes at an await')) return;
      crash();
      awaiting.kill();
    });
    const node = new IngestNode({
      process,
      coordinator: group,
      kafka,
      random: random.fork(),
      faults,
      parts,
      intervalMs: cluster.intervalMs,
      insert: this.table.insertOf(process),
      metrics: this.metrics,
      onFailed: crash,
    });
    this.nodes.push(node);
  }
}
