import { topics, isIngestCommitMetadata } from '../../schemas/index.js';
import type { InsertRows } from '../../ingest/announce-table.js';
import { rowsOfRecord } from '../../ingest/announce-rows.js';
import { BatchWriter } from '../../ingest/batch-writer.js';
import { deadLetters } from '../../ingest/dead-letters.js';
import type { IngestMetrics } from '../../ingest/metrics.js';
import { partitionIngest } from '../../ingest/partition-ingest.js';
import { PartitionWatch } from '../../service/partition-watch.js';
import { silentLogger as logger } from '../../service/testing/silent-logger.js';
import type { AssignedReadingsOptions } from './assigned-readings.js';
import { GroupMember } from './group-member.js';

export interface IngestNodeOptions extends Omit<
  AssignedReadingsOptions,
  'topic' | 'open' | 'isOurMetadata'
> {
  readonly intervalMs: number;
  readonly insert: InsertRows;
  readonly metrics: IngestMetrics;
  readonly onFailed: (error: unknown) => void;
}

/** As for a real one, in which it makes no difference but to the size of inserts. */
const rowsMax = [1, 8, 40];
const waitMs = 2_000;
/** At the least some announces are more than that: it pauses. */
const bytesMax = [2_048, 65_536];
const lastInsertDeadlineMs = 5_000;

/** An ingest process: what ingest/main.ts runs, with everything outside simulated. */
export class IngestNode {
  readonly member: GroupMember;
  readonly #writer: BatchWriter;

  constructor(private readonly options: IngestNodeOptions) {
    const { process, kafka, random, parts, insert, intervalMs, metrics, onFailed } = options;
    const { now, name: node, sleep } = process;
    const watch = new PartitionWatch(now);
    const producer = parts.producer(kafka.producerOf(process), process);
    const sendDeadLetter = deadLetters({ producer, node, watch, sleep });
    const writer = new BatchWriter({
      insert: parts.insertRaw(insert),
      rowsOf: (record) => rowsOfRecord(record, intervalMs),
      sendDeadLetter,
      logger,
      metrics,
      watch,
      rowsMax: random.pick(rowsMax),
      waitMs,
      bytesMax: random.pick(bytesMax),
      now,
      after: (delayMs, run) => process.after(delayMs, run),
      fail: onFailed,
    });
    this.#writer = writer;
    this.member = new GroupMember({
      ...options,
      topic: topics.announces,
      isOurMetadata: isIngestCommitMetadata,
      open: partitionIngest({ writer, intervalMs, logger, metrics, sendDeadLetter, now }),
    });
    writer.start();
  }

  get process(): AssignedReadingsOptions['process'] {
    return this.options.process;
  }

  /** SIGTERM: writes what it has read, leaves the group, ends. */
  async stop(): Promise<void> {
    await this.#writer.stop(lastInsertDeadlineMs);
    this.member.stop();
    this.process.kill();
  }
}
