import {
  appendingBy,
  type Appended,
  type LogRecord,
  type NewRecord,
  type PartitionsProducer,
} from '../../kafka/index.js';
import { AppError } from '../../service/errors.js';
import type { Faults } from './faults.js';
import type { Random } from './random.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { VirtualClock } from './virtual-clock.js';

interface SimulatedPartition {
  readonly records: LogRecord[];
  startOffset: number;
  leader: number;
}

export interface SimulatedKafkaOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: Faults;
  /** How far each broker's clock is from the true time. */
  readonly brokerClockOffsetsMs: readonly number[];
  /** Partitions by topic. */
  readonly partitions: Readonly<Record<string, number>>;
  readonly onAppended: (topic: string, record: LogRecord) => void;
}

/** A broker's clock that is further ahead than this is the wrong one. */
const wrongClockMs = 60_000;

/**
 * The log: what it acknowledged it keeps; LogAppendTime is the clock of who leads the partition at
 * that moment.
 */
export class SimulatedKafka {
  readonly #partitions = new Map<string, SimulatedPartition>();
  readonly #stalledUntilMs = new Map<string, number>();
  #awayUntilMs = -Infinity;

  constructor(private readonly options: SimulatedKafkaOptions) {
    for (const [topic, count] of Object.entries(options.partitions)) {
      for (let partition = 0; partition < count; partition += 1) {
        const leader = options.random.below(options.brokerClockOffsetsMs.length);
        this.#partitions.set(`${topic}/${partition}`, { records: [], startOffset: 0, leader });
      }
    }
  }

  get isAway(): boolean {
    return this.options.clock.nowMs < this.#awayUntilMs;
  }

  goAway(durationMs: number): void {
    this.#awayUntilMs = this.options.clock.nowMs + durationMs;
  }

  partitionsOf(topic: string): number {
    return this.options.partitions[topic] ?? 0;
  }

  /** All that was ever appended, what retention deleted included. */
  records(topic: string, partition: number): readonly LogRecord[] {
    return this.#partition(topic, partition).records;
  }

  startOffset(topic: string, partition: number): number {
    return this.#partition(topic, partition).startOffset;
  }

  /** Retention: what stands before the offset can't be fetched any more. */
  deleteBefore(topic: string, partition: number, offset: number): void {
    const log = this.#partition(topic, partition);
    log.startOffset = Math.max(log.startOffset, offset);
  }

  moveLeader(): void {
    const { random, brokerClockOffsetsMs } = this.options;
    const partition = random.pick([...this.#partitions.values()]);
    partition.leader = random.below(brokerClockOffsetsMs.length);
  }

  /** Nobody gets anything of this partition for a while. */
  stallFetch(topic: string, partition: number, durationMs: number): void {
    this.#stalledUntilMs.set(`${topic}/${partition}`, this.options.clock.nowMs + durationMs);
  }

  canFetch(topic: string, partition: number): boolean {
    const stalledUntilMs = this.#stalledUntilMs.get(`${topic}/${partition}`) ?? -Infinity;
    return !this.isAway && this.options.clock.nowMs >= stalledUntilMs;
  }

  appendNow(topic: string, partition: number, records: readonly NewRecord[]): Appended {
    const { clock, faults, brokerClockOffsetsMs, onAppended } = this.options;
    const log = this.#partition(topic, partition);
    const clockOffsetMs = brokerClockOffsetsMs[log.leader] ?? 0;
    const logAppendTimeMs = clock.nowMs + clockOffsetMs;
    const baseOffset = log.records.length;
    if (logAppendTimeMs < (log.records.at(-1)?.logAppendTimeMs ?? 0)) {
      faults.count('log time goes back');
    }
    if (clockOffsetMs > wrongClockMs) faults.count('record from the broker 5 minutes ahead');
    for (const { key, value } of records) {
      const record: LogRecord = {
        partition,
        offset: log.records.length,
        logAppendTimeMs,
        key: typeof key === 'string' ? Buffer.from(key) : (key ?? null),
        value,
      };
      log.records.push(record);
      onAppended(topic, record);
    }
    return { partition, baseOffset, logAppendTimeMs };
  }

  /**
   * A producer of one process. Its requests may be lost, delayed, doubled, and not or late
   * acknowledged.
   */
  producerOf(process: SimulatedProcess): PartitionsProducer {
    return appendingBy((topic, partition, records) =>
      this.#request(process, topic, partition, records),
    );
  }

  #request(
    process: SimulatedProcess,
    topic: string,
    partition: number,
    records: readonly NewRecord[],
  ): Promise<Appended> {
    const { clock, random, faults } = this.options;
    return new Promise((resolve, reject) => {
      process.awaits();
      if (!process.isAlive) return;
      const fail = (afterMs: number, reason: string): void =>
        process.after(afterMs, () => {
          process.awaits();
          reject(new AppError('kafka_unavailable', reason, { retryable: true }));
        });
      const timeOutMs = random.between(1_000, 10_000);
      if (faults.strikes('append is lost')) {
        fail(timeOutMs, 'lost');
        return;
      }
      if (faults.strikes('append is refused')) {
        process.after(random.between(1, 30), () => {
          process.awaits();
          reject(new AppError('kafka_rejected', 'refused'));
        });
        return;
      }
      const isDelayed = faults.strikes('append is delayed');
      const isTwice = faults.strikes('append happens twice');
      const isLateAnswer = faults.strikes('append is acknowledged late');
      const isNoAnswer = faults.strikes('append is never acknowledged');
      const arrivesAfterMs = isDelayed ? random.between(500, 45_000) : random.between(1, 30);
      if (isNoAnswer || arrivesAfterMs > timeOutMs) fail(timeOutMs, 'not acknowledged in time');
      const arrive = (): void => {
        if (this.isAway) {
          fail(random.between(100, 2_000), 'Kafka is away');
          return;
        }
        const appended = this.appendNow(topic, partition, records);
        if (isNoAnswer) return;
        const answerAfterMs = isLateAnswer ? random.between(500, 15_000) : random.between(1, 30);
        process.after(answerAfterMs, () => {
          process.awaits();
          resolve(appended);
        });
      };
      clock.after(arrivesAfterMs, arrive);
      if (isTwice) clock.after(arrivesAfterMs + random.between(1, 20_000), arrive);
    });
  }

  #partition(topic: string, partition: number): SimulatedPartition {
    const found = this.#partitions.get(`${topic}/${partition}`);
    if (found === undefined) throw new Error(`no ${topic}/${partition}`);
    return found;
  }
}
