import type {
  LogRecord,
  OwnedPartition,
  PartitionOffsets,
  PartitionReader,
  StartPosition,
} from '../../kafka/index.js';
import { PartitionReading, type FetchControl } from '../../kafka/partition-reading.js';
import { decideStart } from '../../kafka/start-position.js';
import type { Faults } from './faults.js';
import type { GroupCoordinator } from './group-coordinator.js';
import type { SimulationParts } from './parts.js';
import type { Random } from './random.js';
import type { SimulatedKafka } from './simulated-kafka.js';
import type { SimulatedProcess } from './simulated-process.js';

export interface AssignedReadingsOptions {
  readonly process: SimulatedProcess;
  readonly topic: string;
  readonly coordinator: GroupCoordinator;
  readonly kafka: SimulatedKafka;
  readonly random: Random;
  readonly faults: Faults;
  readonly parts: SimulationParts;
  readonly isOurMetadata: (metadata: string) => boolean;
  readonly open: (partition: OwnedPartition, start: StartPosition) => PartitionReader;
}

const heldBytesMax = 64 * 1024;
const fetchRecordsMax = 40;

/**
 * What a member reads: fetches with kafkajs's habits, through the production guards of gate and
 * expected offset.
 */
export class AssignedReadings {
  readonly #readings = new Map<number, PartitionReading>();
  readonly #positions = new Map<number, number>();
  readonly #pausedPartitions = new Set<number>();
  readonly #fetching = new Set<number>();
  readonly #control: FetchControl;
  #generation = 0;
  #cutOffUntilMs = -Infinity;

  constructor(
    private readonly options: AssignedReadingsOptions,
    commit: FetchControl['commit'],
  ) {
    this.#control = {
      pause: (partition) => this.#pausedPartitions.add(partition),
      resume: (partition) => {
        this.#pausedPartitions.delete(partition);
        this.fetchSoon(partition);
      },
      seek: (partition, offset) => {
        this.#positions.set(partition, offset);
        this.fetchSoon(partition);
      },
      commit,
    };
  }

  partitions(): readonly number[] {
    return [...this.#readings.keys()];
  }

  /** Nothing can be fetched for a while. */
  cutOff(durationMs: number): void {
    this.#cutOffUntilMs = this.options.process.clock.nowMs + durationMs;
  }

  endAll(): void {
    for (const reading of this.#readings.values()) reading.end();
    this.#readings.clear();
  }

  begin(partitions: readonly number[], delayMs: number): void {
    this.#generation += 1;
    const readings = partitions.map((partition) => {
      this.#pausedPartitions.add(partition);
      const reading = new PartitionReading(
        this.options.topic,
        partition,
        this.#generation,
        this.#control,
        heldBytesMax,
        (broken) => this.#beginAgain(broken),
      );
      this.#readings.set(partition, reading);
      return reading;
    });
    this.options.process.after(delayMs, () => this.#open(readings));
  }

  /** There may be something to fetch of this partition. */
  fetchSoon(partition: number): void {
    const { random } = this.options;
    this.#fetchAfter(partition, () => random.between(5, 250));
  }

  #fetchAfter(partition: number, delayMs: () => number): void {
    if (this.#fetching.has(partition) || !this.#readings.has(partition)) return;
    this.#fetching.add(partition);
    this.options.process.after(delayMs(), () => {
      this.#fetching.delete(partition);
      this.#fetch(partition);
    });
  }

  #open(readings: readonly PartitionReading[]): void {
    const { coordinator, kafka, topic, parts, process, open, isOurMetadata } = this.options;
    const owned = readings.filter((reading) => reading.isOwned());
    if (kafka.isAway) {
      if (owned.length > 0) process.after(500, () => this.#open(owned));
      return;
    }
    const commits = coordinator.commits();
    for (const reading of owned) {
      const { partition } = reading;
      const log: PartitionOffsets = {
        partition,
        startOffset: kafka.startOffset(topic, partition),
        endOffset: kafka.records(topic, partition).length,
      };
      const commit = parts.commitRead(
        commits.find((one) => one.partition === partition),
        { history: coordinator.history(partition), log },
      );
      reading.open(decideStart(commit, log, isOurMetadata), open);
      this.#jump(log);
    }
  }

  /**
   * kafkajs may go on at another position than it was told:
   * kafka/DEFECTS.md#the-fetch-position-jumps-forward.
   */
  #jump({ partition, startOffset, endOffset }: PartitionOffsets): void {
    const { faults, process, random } = this.options;
    const position = this.#positions.get(partition) ?? 0;
    let jumpsTo = position;
    if (position < endOffset && faults.strikes('fetch jumps forward after a rejoin')) {
      jumpsTo = random.between(position + 1, endOffset);
    } else if (position > startOffset && faults.strikes('fetch jumps back after a rejoin')) {
      jumpsTo = random.between(startOffset, position - 1);
    }
    if (jumpsTo === position) return;
    process.after(random.between(0, 300), () => {
      if (this.#readings.has(partition)) this.#control.seek(partition, jumpsTo);
    });
  }

  #fetch(partition: number): void {
    const { process, kafka, topic, random, coordinator, faults, parts } = this.options;
    const reading = this.#readings.get(partition);
    if (reading?.isOpen() !== true || this.#pausedPartitions.has(partition)) return;
    const isCutOff = process.clock.nowMs < this.#cutOffUntilMs;
    if (isCutOff || !kafka.canFetch(topic, partition)) {
      this.#fetchAfter(partition, () => 500);
      return;
    }
    const startOffset = kafka.startOffset(topic, partition);
    let position = this.#positions.get(partition) ?? 0;
    if (position < startOffset) {
      // kafkajs commits −2 without metadata and goes to the beginning:
      // kafka/DEFECTS.md#it-commits-2-by-itself.
      coordinator.setCommit({ partition, offset: -2, metadata: '' });
      position = startOffset;
    }
    const records = parts
      .recordsFetched(
        topic,
        reading.expectedOffset,
        kafka
          .records(topic, partition)
          .slice(position, position + random.between(1, fetchRecordsMax)),
      )
      .map(withOwnBytes);
    if (records.length === 0) return;
    const decision = reading.offer(records, () => records.forEach(overwrite));
    switch (decision.kind) {
      case 'take':
        this.#positions.set(partition, decision.nextOffset);
        this.fetchSoon(partition);
        break;
      case 'behind':
        this.#control.seek(partition, reading.expectedOffset);
        break;
      case 'gap':
        faults.count('gap is refused');
        this.#beginAgain(reading);
        break;
    }
  }

  #beginAgain(reading: PartitionReading): void {
    if (this.#readings.get(reading.partition) !== reading) return;
    reading.end();
    this.begin([reading.partition], this.options.random.between(0, 500));
  }
}

function withOwnBytes(record: LogRecord): LogRecord {
  const { key, value } = record;
  return { ...record, key: key && Buffer.from(key), value: value && Buffer.from(value) };
}

/** Another answer is read into the same memory. */
function overwrite({ key, value }: LogRecord): void {
  key?.fill(0xff);
  value?.fill(0xff);
}
