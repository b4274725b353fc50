import { AppError, messageOf } from '../service/errors.js';

/** How deep a chain of causes is followed. */
const causesMax = 10;

/**
 * Every failure as ours: `kafka_rejected` when a broker refused the request for good (too large, no
 * permission, wrong topic settings), else `kafka_unavailable`, which may be tried again. Carries
 * the message only, so that no type of the client library gets out of this room.
 */
export function toAppError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error;
  const root = rootOf(error);
  const refused = isRefusal(root);
  return new AppError(
    refused ? 'kafka_rejected' : 'kafka_unavailable',
    `${doing}: ${messageOf(root)}`,
    { retryable: !refused },
  );
}

/** True: the group has moved on without this member, and the assignment that it had is over. */
export function isEndOfAssignment(error: unknown): boolean {
  return ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'].includes(
    String(property(rootOf(error), 'type')),
  );
}

/** What is known of why a request had no answer. */
export interface ErrorCause {
  /** Kafka's own name of its protocol's error. */
  readonly type: string | undefined;
  /** True: the other side ended the connection. */
  readonly wasClosed: boolean;
  /** `host:port` of who was asked. */
  readonly broker: string | undefined;
}

export function causeOf(error: unknown): ErrorCause {
  const root = rootOf(error);
  const [type, name, host, broker] = ['type', 'name', 'host', 'broker'].map((key) =>
    property(root, key),
  );
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : undefined;
  return {
    type: text(type),
    wasClosed: name === 'KafkaJSConnectionClosedError' || property(root, 'code') === 'ECONNRESET',
    broker:
      text(host) === undefined ? text(broker) : `${text(host)}:${String(property(root, 'port'))}`,
  };
}

function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < causesMax; depth += 1) {
    const errors = property(root, 'errors');
    const inner: unknown = Array.isArray(errors) ? errors[0] : property(root, 'cause');
    if (inner === undefined || inner === null) break;
    root = inner;
  }
  return root;
}

/** True: a broker's protocol error, not to be retried, or a request that can't be written. */
function isRefusal(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return property(error, 'type') !== undefined && property(error, 'retriable') === false;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
