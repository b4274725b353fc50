import { pino } from 'pino';
import { hasPassed } from './has-passed.js';

/** What code that logs needs to know of a logger. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** JSON lines on stdout, each with the service and the node. */
export function createLogger(service: string, node: string, level: string): Logger {
  return pino({
    level,
    base: { service, node },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['token', 'ticket', 'password', '*.token', '*.ticket', '*.password'],
      censor: '***',
    },
  });
}

/**
 * Lets a line that would repeat through once in `intervalMs` for each key, with the number of those
 * that were held back. Holds at most `keysMax` keys.
 */
export class RateLimitedLog {
  readonly #last = new Map<string, { atMs: number; heldBack: number }>();

  constructor(
    private readonly now: () => number,
    private readonly intervalMs = 10_000,
    private readonly keysMax = 1_000,
  ) {}

  /**
   * Calls `write` with the number of lines held back since the last one, or holds this one back.
   */
  log(key: string, write: (heldBack: number) => void): void {
    const nowMs = this.now();
    const last = this.#last.get(key);
    if (last !== undefined && !hasPassed(this.intervalMs, last.atMs, nowMs)) {
      last.heldBack += 1;
      return;
    }
    if (last === undefined && this.#last.size >= this.keysMax) this.#last.clear();
    this.#last.set(key, { atMs: nowMs, heldBack: 0 });
    write(last?.heldBack ?? 0);
  }
}
