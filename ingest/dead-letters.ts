import { appendDeadLetter, type LogProducer, type LogRecord } from '../kafka/index.js';
import { topics } from '../schemas/index.js';
import type { PartitionWatch } from '../service/partition-watch.js';

/** As the rollup has it of what it can't apply. */
export const notApplicable = 'not_applicable';

/**
 * Resolves when Kafka has the dead letter of a record of `announces` that can be read and has no
 * rows in ClickHouse, or when it is no longer wanted. `detail`: why, for people.
 */
export type SendDeadLetter = (
  record: LogRecord,
  detail: string,
  isWanted: () => boolean,
) => Promise<void>;

export interface DeadLetterParts {
  readonly producer: LogProducer;
  readonly node: string;
  readonly watch: PartitionWatch;
  readonly sleep: (durationMs: number) => Promise<void>;
}

/** The dead letters of ingest: of what the rollup can read and count. */
export function deadLetters({ producer, node, watch, sleep }: DeadLetterParts): SendDeadLetter {
  return async (record, detail, isWanted) => {
    const name = `${topics.announces}/${record.partition}`;
    await appendDeadLetter(
      topics.announces,
      record,
      { reason: notApplicable, detail },
      {
        producer,
        node,
        sleep,
        isWanted,
        onFailure: (reason) =>
          watch.waits(name, 'dead letters', `a dead letter cannot be appended: ${reason}`),
      },
    );
    watch.wentWell(name, 'dead letters');
  };
}
