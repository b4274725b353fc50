import type {
  LogRecord,
  OwnedPartition,
  PartitionOffsets,
  PartitionReader,
  StartPosition,
} from '../kafka/index.js';
import { PartitionReading, type FetchControl } from '../kafka/partition-reading.js';
import { decideStart } from '../kafka/start-position.js';
import { decodeCommitMetadata } from '../rollup/commit-point.js';
import { codec, topics } from '../schemas/index.js';
import { AppError } from '../service/errors.js';
import type { Faults } from './faults.js';
import type { CoordinatedMember, GroupCoordinator } from './group-coordinator.js';
import type { SimulationParts } from './parts.js';
import type { Random } from './random.js';
import type { SimulatedKafka } from './simulated-kafka.js';
import type { SimulatedProcess } from './simulated-process.js';

export interface GroupMemberOptions {
  readonly process: SimulatedProcess;
  readonly topic: string;
  readonly coordinator: GroupCoordinator;
  readonly kafka: SimulatedKafka;
  readonly random: Random;
  readonly faults: Faults;
  readonly parts: SimulationParts;
  readonly open: (partition: OwnedPartition, start: StartPosition) => PartitionReader;
}

const heartbeatMs = 2_000;
const heldBytesMax = 64 * 1024;
const fetchRecordsMax = 40;

/** A member of a group with kafkajs's habits, around the production guards: gate, expected offset, begin again. */
export class GroupMember implements CoordinatedMember {
  readonly #readings = new Map<number, PartitionReading>();
  readonly #positions = new Map<number, number>();
  readonly #pausedPartitions = new Set<number>();
  readonly #fetching = new Set<number>();
  readonly #control: FetchControl;
  #id: number | undefined;
  #generation = -1;
  #readingGeneration = 0;
  #lastHeartbeatAtMs = -Infinity;
  #cutOffUntilMs = -Infinity;
  #givesUpAfterMs = 15_000;
  #isStopped = false;

  constructor(private readonly options: GroupMemberOptions) {
    const { process } = options;
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
      commit: (partition, offset, metadata) => this.#commit(partition, offset, metadata),
    };
    process.after(options.random.between(10, 500), () => this.#join());
    this.#beat();
  }

  /** Whether it believes to own something that the group has given to others. */
  get isZombie(): boolean {
    const { coordinator } = this.options;
    return this.#readings.size > 0 && (this.#id === undefined || !coordinator.isMember(this.#id));
  }

  readonly lastHeartbeatAtMs = (): number => this.#lastHeartbeatAtMs;

  owned(): readonly number[] {
    return [...this.#readings.keys()];
  }

  /** Neither heartbeats nor joins get through for a while. */
  cutOff(durationMs: number): void {
    this.#cutOffUntilMs = this.options.process.clock.nowMs + durationMs;
    this.#givesUpAfterMs = this.options.random.between(11_000, 40_000);
  }

  stop(): void {
    this.#isStopped = true;
    this.#endAll();
    if (this.#id !== undefined) this.options.coordinator.leave(this.#id);
  }

  assigned(generation: number, partitions: readonly number[]): void {
    const { process, random } = this.options;
    const joinSentAtMs = process.now();
    process.after(random.between(1, 100), () => {
      if (this.#isStopped) return;
      this.#endAll();
      this.#generation = generation;
      this.#lastHeartbeatAtMs = Math.max(this.#lastHeartbeatAtMs, joinSentAtMs);
      this.#begin(partitions, random.between(5, 200));
    });
  }

  /** There may be something to fetch of this partition. */
  fetchSoon(partition: number): void {
    if (this.#fetching.has(partition) || !this.#readings.has(partition)) return;
    this.#fetching.add(partition);
    const { process, random } = this.options;
    process.after(random.between(5, 120), () => {
      this.#fetching.delete(partition);
      this.#fetch(partition);
    });
  }

  get #isReachable(): boolean {
    const { kafka, process } = this.options;
    return !kafka.isAway && process.clock.nowMs >= this.#cutOffUntilMs;
  }

  #join(): void {
    if (this.#isStopped) return;
    const { process, coordinator } = this.options;
    this.#endAll();
    const id = this.#isReachable ? coordinator.join(this) : undefined;
    this.#id = id;
    if (id === undefined) process.after(1_000, () => this.#join());
    else this.#lastHeartbeatAtMs = process.now();
  }

  #beat(): void {
    const { process, random } = this.options;
    process.after(heartbeatMs + random.between(-100, 100), () => {
      if (this.#isStopped) return;
      if (this.#id !== undefined) this.#heartbeat(this.#id);
      this.#beat();
    });
  }

  #heartbeat(id: number): void {
    const { process, coordinator } = this.options;
    if (!this.#isReachable) {
      if (process.now() - this.#lastHeartbeatAtMs > this.#givesUpAfterMs) {
        this.#id = undefined;
        this.#join();
      }
      return;
    }
    const answer = coordinator.heartbeat(id);
    if (answer === 'unknown') {
      this.#id = undefined;
      this.#join();
      return;
    }
    this.#lastHeartbeatAtMs = process.now();
    if (answer === 'rejoin') {
      this.#endAll();
      coordinator.rejoin(id);
    }
  }

  #endAll(): void {
    for (const reading of this.#readings.values()) reading.end();
    this.#readings.clear();
  }

  #begin(partitions: readonly number[], delayMs: number): void {
    this.#readingGeneration += 1;
    const readings = partitions.map((partition) => {
      this.#pausedPartitions.add(partition);
      const reading = new PartitionReading(
        this.options.topic,
        partition,
        this.#readingGeneration,
        this.#control,
        heldBytesMax,
        (broken) => this.#beginAgain(broken),
      );
      this.#readings.set(partition, reading);
      return reading;
    });
    this.options.process.after(delayMs, () => this.#open(readings));
  }

  #open(readings: readonly PartitionReading[]): void {
    const { coordinator, kafka, topic, parts, process, open } = this.options;
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
        startOffset: 0,
        endOffset: kafka.records(topic, partition).length,
      };
      const commit = parts.commitRead(
        commits.find((one) => one.partition === partition),
        coordinator.history(partition),
      );
      reading.open(
        decideStart(commit, log, (metadata) => decodeCommitMetadata(metadata) !== undefined),
        open,
      );
      this.#jump(partition, log.endOffset);
    }
  }

  /** kafkajs may go on at another position than it was told (DESIGN §9). */
  #jump(partition: number, endOffset: number): void {
    const { faults, process, random } = this.options;
    const position = this.#positions.get(partition) ?? 0;
    let jumpsTo = position;
    if (position < endOffset && faults.strikes('fetch jumps forward after a rejoin')) {
      jumpsTo = random.between(position + 1, endOffset);
    } else if (position > 0 && faults.strikes('fetch jumps back after a rejoin')) {
      jumpsTo = random.below(position);
    }
    if (jumpsTo === position) return;
    process.after(random.between(0, 300), () => {
      if (this.#readings.has(partition)) this.#control.seek(partition, jumpsTo);
    });
  }

  #fetch(partition: number): void {
    const { kafka, topic, random, process, parts } = this.options;
    const reading = this.#readings.get(partition);
    if (reading?.isOpen() !== true || this.#pausedPartitions.has(partition)) return;
    if (!kafka.canFetch(topic, partition)) {
      this.#fetching.add(partition);
      process.after(500, () => {
        this.#fetching.delete(partition);
        this.#fetch(partition);
      });
      return;
    }
    const position = this.#positions.get(partition) ?? 0;
    const log = kafka.records(topic, partition);
    let records: readonly LogRecord[] = log.slice(
      position,
      position + random.between(1, fetchRecordsMax),
    );
    if (records.length === 0) return;
    if (parts.isGapAllowed) records = withoutGap(topic, reading.expectedOffset, records);
    const decision = reading.offer(records);
    switch (decision.kind) {
      case 'take':
        this.#positions.set(partition, decision.nextOffset);
        this.fetchSoon(partition);
        break;
      case 'behind':
        this.#control.seek(partition, reading.expectedOffset);
        break;
      case 'gap':
        this.options.faults.count('gap is refused');
        this.#beginAgain(reading);
        break;
    }
  }

  #beginAgain(reading: PartitionReading): void {
    if (this.#readings.get(reading.partition) !== reading) return;
    reading.end();
    this.#begin([reading.partition], this.options.random.between(0, 500));
  }

  #commit(partition: number, offset: number, metadata: string): Promise<boolean> {
    const { process, random, faults, coordinator, kafka } = this.options;
    const generation = this.#generation;
    const id = this.#id;
    return new Promise((resolve, reject) => {
      process.awaits();
      if (!process.isAlive) return;
      const fail = (): void =>
        process.after(random.between(500, 4_000), () =>
          reject(new AppError('kafka_unavailable', 'no answer', { retryable: true })),
        );
      if (faults.strikes('commit is lost')) {
        fail();
        return;
      }
      process.clock.after(random.between(1, 200), () => {
        if (kafka.isAway) {
          fail();
          return;
        }
        const commit = { partition, offset, metadata };
        const isTaken = id !== undefined && coordinator.commit(id, generation, commit);
        if (faults.strikes("commit's answer is lost")) {
          fail();
          return;
        }
        process.after(random.between(1, 50), () => {
          process.awaits();
          resolve(isTaken);
        });
      });
    });
  }
}

/** Records that say nothing in place of those that are missing. */
function withoutGap(
  topic: string,
  expectedOffset: number,
  records: readonly LogRecord[],
): readonly LogRecord[] {
  const first = records[0];
  if (first === undefined || first.offset <= expectedOffset) return records;
  const value =
    topic === topics.announces
      ? codec().encode('Mark', { owner: '', written: 0 })
      : codec().encode('Progress', { inputPartition: 0, closedBefore: 0, finalBefore: 0 });
  const missing = Array.from({ length: first.offset - expectedOffset }, (_, index) => ({
    ...first,
    key: null,
    value,
    offset: expectedOffset + index,
  }));
  return [...missing, ...records];
}
