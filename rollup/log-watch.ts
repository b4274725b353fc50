import type { Gauge } from 'prom-client';
import type { LogAdmin } from '../kafka/index.js';
import { topics } from '../schemas/index.js';

/** The next offset to be written to a partition; undefined before Kafka was asked. */
export type LogEnd = (topic: string, partition: number) => number | undefined;

/** What Kafka says of the logs that a rollup reads. */
export class LogWatch {
  readonly #ends = new Map<string, number>();

  constructor(
    private readonly admin: Pick<LogAdmin, 'offsets' | 'replicasMissing'>,
    private readonly replicasMissing: Gauge<'topic'>,
  ) {}

  readonly endOf: LogEnd = (topic, partition) => this.#ends.get(`${topic}/${partition}`);

  async measure(): Promise<void> {
    await Promise.all([topics.announces, topics.partials].map((topic) => this.#measure(topic)));
  }

  /** Each topic by itself: one that has no leader somewhere hides nothing of the other. */
  async #measure(topic: string): Promise<void> {
    for (const { partition, endOffset } of await this.admin.offsets(topic)) {
      this.#ends.set(`${topic}/${partition}`, endOffset);
    }
    this.replicasMissing.set({ topic }, await this.admin.replicasMissing(topic));
  }
}
