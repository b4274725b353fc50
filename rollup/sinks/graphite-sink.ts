import type { Logger, RateLimitedLog } from '../../service/logs.js';
import type { CarbonConnection, ConnectionEvents } from '../../graphite/index.js';
import { minuteLines } from './graphite-points.js';
import type { SetAside } from '../set-aside.js';
import { ofEachStream } from './of-each-stream.js';
import type { MinuteWrite, Sink, WriteReceipt } from './sink.js';

/**
 * Carbon has what was written on disk within 30 s (docs/exactness.md#what-it-needs): then it is
 * taken, if the connection still lives.
 */
const takenAfterMs = 30_000;

export interface GraphiteSinkParts {
  /** `host:port`, for the log. */
  readonly where: string;
  readonly connect: (events: ConnectionEvents) => CarbonConnection;
  readonly prefix: string;
  readonly intervalMs: number;
  readonly now: () => number;
  readonly sleep: (durationMs: number) => Promise<void>;
  readonly logger: Logger;
  readonly rateLimited: RateLimitedLog;
  readonly onError: () => void;
  readonly setAside: SetAside;
}

/**
 * Graphite by carbon's line protocol, which acknowledges nothing: a write is taken when its
 * connection has lived 30 s longer, and lost with its connection.
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
      onLost: (reason) => {
        this.#problem = `Graphite: ${reason}`;
        parts.onError();
        parts.rateLimited.log('graphite', (heldBack) =>
          parts.logger.warn({ graphite: where, reason, heldBack }, 'no connection to Graphite'),
        );
      },
    });
  }

  get epoch(): number {
    return this.#connection.epoch;
  }

  write(write: MinuteWrite): WriteReceipt | undefined {
    if (!this.#connection.isConnected) return undefined;
    const { epoch } = this.#connection;
    const { prefix, intervalMs, now } = this.parts;
    const lines = ofEachStream(write, this.parts.setAside, this.name, (part) =>
      minuteLines(part, prefix, intervalMs),
    ).join('');
    if (!this.#connection.write(lines)) return undefined;
    const writtenAtMs = now();
    return {
      isTaken: () =>
        this.#connection.isFlushed &&
        this.#connection.epoch === epoch &&
        now() - writtenAtMs >= takenAfterMs,
    };
  }

  problem(): string | undefined {
    return this.#problem;
  }

  async close(deadlineMs: number): Promise<void> {
    const untilMs = this.parts.now() + deadlineMs;
    while (this.#connection.isConnected && !this.#connection.isFlushed) {
      if (this.parts.now() >= untilMs) break;
      await this.parts.sleep(20);
    }
    this.#connection.close();
  }
}
