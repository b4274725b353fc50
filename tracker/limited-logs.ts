import { stackOf } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import type { ViewerParts } from './viblast/viewer-parts.js';

const implausibleLogEveryMs = 1_000;

/** Where mistakes of ours are told that end a viewer's socket, and no more than that. */
export function internalErrorLog(logger: Logger, now: () => number): (error: unknown) => void {
  const limitedLog = new RateLimitedLog(now);
  return (error) =>
    limitedLog.log('internal', (heldBack) =>
      logger.error({ error: stackOf(error), heldBack }, 'a mistake of ours ended a socket'),
    );
}

/** Names those who report what can't be, a line a second at most. */
export function implausibleLog(logger: Logger, now: () => number): ViewerParts['onImplausible'] {
  const limitedLog = new RateLimitedLog(now, implausibleLogEveryMs);
  return (session, address, numbers) =>
    limitedLog.log('implausible', (heldBack) =>
      logger.warn(
        { session, address, announces: numbers.length, heldBack },
        'announces refused that cannot be true: a player is wrong, or lies',
      ),
    );
}
