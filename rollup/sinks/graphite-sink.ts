import type { Logger, RateLimitedLog } from '../../service/logs.js';
import type { CarbonConnection, ConnectionEvents } from '../../graphite/index.js';
import { closedLine, minuteLines, type AskedFacets } from './graphite-points.js';
import type { SetAside } from '../set-aside.js';
import { ofEachStream } from './of-each-stream.js';
import type { MinuteWrite, Sink, WriteReceipt } from './sink.js';

export interface GraphiteSinkParts {
  /** `host:port`, for the log. */
  readonly where: string;
  readonly connect: (events: ConnectionEvents) => CarbonConnection;
  readonly prefix: string;
  readonly askedFacets: AskedFacets;
  readonly intervalMs: number;
  readonly now: () => number;
  readonly sleep: (durationMs: number) => Promise<void>;
  readonly logger: Logger;
  readonly rateLimited: RateLimitedLog;
  readonly onError: () => void;
  readonly setAside: SetAside;
}

/**
 * Graphite by carbon's line protocol, which acknowledges nothing but the end of a connection: a
 * write is taken when carbon has read it and is known to have lived on.
 */
export class GraphiteSink implements Sink {
  readonly name = 'graphite';
  readonly isVersioned = false;
  readonly #connection: CarbonConnection;
  #problem: string | undefined = 'Graphite: not connected yet';

  constructor(private readonly parts: GraphiteSinkParts) {
    const { where } = parts;
    this.#connection = parts.connect({
      onConnected: () => {
        this.#problem = undefined;
        parts.logger.info({ graphite: where }, 'connected to Graphite');
      },
      onLost: (reason) => this.#trouble(reason, 'no connection to Graphite'),
      onRenewed: () => {
        if (this.#problem === undefined) return;
        this.#problem = undefined;
        parts.logger.info({ graphite: where }, 'Graphite takes new connections again');
      },
      onNotRenewed: (reason) =>
        this.#trouble(
          reason,
          'Graphite takes no new connection, so nothing written counts as taken',
        ),
    });
  }

  get epoch(): number {
    return this.#connection.epoch;
  }

  write(write: MinuteWrite): WriteReceipt | undefined {
    if (!this.#connection.isReady) return undefined;
    const { prefix, intervalMs, askedFacets, setAside } = this.parts;
    let leftOut = 0;
    const setAsideHere: SetAside = (unusable) => {
      leftOut += 1;
      setAside(unusable);
    };
    const lines = ofEachStream(write, setAsideHere, this.name, (part) =>
      minuteLines(part, prefix, intervalMs, askedFacets),
    ).join('');
    // After what it tells of, so that it is never ahead; of what was left out it isn't known.
    const closed = leftOut === 0 ? closedLine(write, prefix, intervalMs) : '';
    return this.#connection.write(lines + closed);
  }

  problem(): string | undefined {
    return this.#problem;
  }

  async close(deadlineMs: number): Promise<void> {
    const untilMs = this.parts.now() + deadlineMs;
    while (!this.#connection.isFlushed) {
      if (this.parts.now() >= untilMs) break;
      await this.parts.sleep(20);
    }
    this.#connection.close();
  }

  #trouble(reason: string, message: string): void {
    const { where, logger, rateLimited, onError } = this.parts;
    this.#problem = `Graphite: ${reason}`;
    onError();
    rateLimited.log('graphite', (heldBack) =>
      logger.warn({ graphite: where, reason, heldBack }, message),
    );
  }
}
