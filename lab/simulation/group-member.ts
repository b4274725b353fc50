import { AppError } from '../../service/errors.js';
import { AssignedReadings, type AssignedReadingsOptions } from './assigned-readings.js';
import type { CoordinatedMember } from './group-coordinator.js';

const heartbeatMs = 2_000;
const usualGivesUpAfterMs = 15_000;

/**
 * A member of a group with kafkajs's habits: joins, heartbeats, gives up late, commits what it
 * believes to own.
 */
export class GroupMember implements CoordinatedMember {
  readonly #readings: AssignedReadings;
  #id: number | undefined;
  #generation = -1;
  #lastHeartbeatAtMs = -Infinity;
  #cutOffUntilMs = -Infinity;
  #givesUpAfterMs = usualGivesUpAfterMs;
  #isStopped = false;

  constructor(private readonly options: AssignedReadingsOptions) {
    this.#readings = new AssignedReadings(options, (partition, offset, metadata) =>
      this.#commit(partition, offset, metadata),
    );
    options.process.after(options.random.between(10, 500), () => this.#join());
    this.#beat();
  }

  /** True: it believes to own something that the group has given to others. */
  get isZombie(): boolean {
    const { coordinator } = this.options;
    return this.owned().length > 0 && (this.#id === undefined || !coordinator.isMember(this.#id));
  }

  readonly lastHeartbeatAtMs = (): number => this.#lastHeartbeatAtMs;

  owned(): readonly number[] {
    return this.#readings.partitions();
  }

  fetchSoon(partition: number): void {
    this.#readings.fetchSoon(partition);
  }

  /**
   * Neither heartbeats nor joins get through for a while; it believes to be a member for
   * `givesUpAfterMs`.
   */
  cutOff(durationMs: number, givesUpAfterMs: number): void {
    this.#cutOffUntilMs = this.options.process.clock.nowMs + durationMs;
    this.#givesUpAfterMs = givesUpAfterMs;
  }

  /** Nothing gets through, and it believes to be a member all the time. */
  cutOffWholly(durationMs: number): void {
    this.cutOff(durationMs, Infinity);
    this.#readings.cutOff(durationMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#readings.endAll();
    if (this.#id !== undefined) this.options.coordinator.leave(this.#id);
  }

  assigned(generation: number, partitions: readonly number[]): void {
    const { process, random } = this.options;
    const joinSentAtMs = process.now();
    process.after(random.between(1, 100), () => {
      if (this.#isStopped) return;
      this.#readings.endAll();
      this.#generation = generation;
      this.#lastHeartbeatAtMs = Math.max(this.#lastHeartbeatAtMs, joinSentAtMs);
      this.#readings.begin(partitions, random.between(5, 200));
    });
  }

  get #isReachable(): boolean {
    const { kafka, process } = this.options;
    return !kafka.isAway && process.clock.nowMs >= this.#cutOffUntilMs;
  }

  #join(): void {
    if (this.#isStopped) return;
    const { process, coordinator } = this.options;
    this.#readings.endAll();
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
      this.#readings.endAll();
      coordinator.rejoin(id);
    }
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
