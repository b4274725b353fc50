import { messageOf } from './errors.js';
import { RateLimitedLog, type Logger } from './logs.js';

/** A measurement that fails is told once in this time: the next one follows by itself. */
const warnEveryMs = 60_000;

/**
 * Calls `measure` at once and each `everyMs` from then on, never twice at a time. `what` names it
 * in the log where it fails. Returns what ends it.
 */
export function measureRegularly(
  what: string,
  measure: () => Promise<void>,
  everyMs: number,
  logger: Logger,
): () => void {
  const limitedLog = new RateLimitedLog(Date.now, warnEveryMs);
  let isMeasuring = false;
  const measureAlone = async (): Promise<void> => {
    if (isMeasuring) return;
    isMeasuring = true;
    try {
      await measure();
    } catch (error) {
      limitedLog.log(what, (heldBack) => {
        logger.warn({ error: messageOf(error), heldBack }, `${what} could not be measured`);
      });
    } finally {
      isMeasuring = false;
    }
  };
  void measureAlone();
  const timer = setInterval(() => void measureAlone(), everyMs);
  return () => clearInterval(timer);
}
