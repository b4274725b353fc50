import type { SinkName, StreamCells } from '../schemas/index.js';
import { stackOf } from '../service/errors.js';
import type { Logger, RateLimitedLog } from '../service/logs.js';
import type { RollupMetrics } from './metrics.js';

/** A stream's figures of one minute that could not be handled. */
export interface UnusableMinute {
  /** What could not handle them. */
  readonly where: 'partials' | SinkName;
  readonly stream: string;
  readonly minute: number;
  readonly error: unknown;
}

/**
 * Told of what is left out so that the rest goes on (docs/exactness.md#what-fails-is-set-aside).
 * The announces themselves are kept: `vba-admin verify` finds the minute, `recompute` writes it.
 */
export type SetAside = (unusable: UnusableMinute) => void;

/** What stage 1 sends of a stream's minute that it has set aside: any other has a cell. */
export function setAsideCells(stream: string): StreamCells {
  return { stream, cells: [] };
}

/** Counts and logs what is set aside. */
export function setAsideAloud(parts: {
  readonly metrics: RollupMetrics;
  readonly logger: Logger;
  readonly rateLimited: RateLimitedLog;
}): SetAside {
  const { metrics, logger, rateLimited } = parts;
  return ({ where, stream, minute, error }) => {
    metrics.setAside.inc({ where });
    rateLimited.log(`set aside ${where} ${stream}`, (heldBack) =>
      logger.error(
        { where, stream, minute, error: stackOf(error), heldBack },
        'a stream’s minute cannot be handled: set aside, all else goes on',
      ),
    );
  };
}
