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
