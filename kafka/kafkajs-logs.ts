import kafkajs, { type LogEntry, type logCreator } from 'kafkajs';
import { RateLimitedLog, type Logger } from '../service/logs.js';

/** What belongs to every start, rebalance or leader election, and heals by itself. */
const expected =
  /coordinator is (loading|not available)|not the (correct )?coordinator|leader(ship)? (is )?not available|no leader|leadership election|rebalanc|re-joining|not aware of this member|not the leader|does not host this topic-partition/i;

/** The rest of an entry goes in as fields, but never a stack or a request's bytes. */
const fieldNames = ['broker', 'clientId', 'groupId', 'topic', 'partition', 'error', 'retryCount'];

/**
 * kafkajs's own lines in our log: its errors as `warn`, once in 10 s each; all else, and what is
 * part of normal life, as `debug`. What somebody must act on is said by this room's own lines, as
 * whom Kafka refuses is (`isRefused`).
 */
export function kafkajsLogs(
  logger: Logger,
  now: () => number,
  isRefused: () => boolean,
): logCreator {
  const limited = new RateLimitedLog(now);
  return () => (entry: LogEntry) => {
    const fields = fieldsOf(entry);
    const message = `kafkajs: ${entry.log.message}`;
    // A refused request is always told to its caller too, who says it better.
    const isAnswer = entry.log.message.startsWith('Response ');
    const isError = !isAnswer && entry.level <= kafkajs.logLevel.ERROR;
    if (
      !isError ||
      isRefused() ||
      expected.test(`${entry.log.message} ${String(entry.log['error'] ?? '')}`)
    ) {
      logger.debug(fields, message);
      return;
    }
    limited.log(entry.log.message.replaceAll(/\d+/g, '#'), (heldBack) => {
      logger.warn({ ...fields, heldBack }, message);
    });
  };
}

function fieldsOf(entry: LogEntry): Record<string, unknown> {
  const fields: Record<string, unknown> = { part: entry.namespace };
  for (const name of fieldNames) {
    const value: unknown = entry.log[name];
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
  }
  return fields;
}
