import { stackOf } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import type { ToldRefusal } from './admission/check.js';
import type { ViewerParts } from './viblast/viewer-parts.js';

const implausibleLogEveryMs = 1_000;
const refusedLogEveryMs = 60_000;
/** Of what strangers call a stream or an origin, as much as is told. */
const toldLengthMax = 128;

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

/**
 * Says which streams refuse viewers, and why: a line a minute for each stream and reason, and one
 * for all streams that there aren't. Nothing by which a viewer is known, and no secret of its.
 */
export function refusedLog(logger: Logger, now: () => number): (refusal: ToldRefusal) => void {
  const limitedLog = new RateLimitedLog(now, refusedLogEveryMs);
  const told = (text: string | undefined): string => (text ?? '').slice(0, toldLengthMax);
  return ({ reason, stream, origin }) =>
    limitedLog.log(reason === 'unknown_stream' ? reason : `${reason} ${told(stream)}`, (heldBack) =>
      logger.warn(
        {
          reason,
          stream: told(stream),
          ...(reason === 'origin_refused' ? { origin: told(origin) } : {}),
          heldBack,
        },
        'viewers may not join',
      ),
    );
}
