import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../../service/logs.js';
import type { Random } from '../../service/random.js';
import { jitterMs, leaveMs, type DrainTimes } from './drain-times.js';

/** A viewer that can be told to go. */
export interface Leaver {
  reconnect(afterMs: number): void;
}

export interface DrainParts {
  readonly times: DrainTimes;
  readonly random: Random;
  readonly logger: Logger;
  readonly server: {
    /** Those whose sockets are open. */
    viewers(): readonly Leaver[];
    readonly socketCount: number;
    stopAccepting(): void;
    acceptAgain(): void;
    /** Resolves when no socket is left, or after this time. */
    allClosed(deadlineMs: number): Promise<void>;
    /** Closes all that are left (1001); resolves when they are closed. */
    closeSockets(): Promise<void>;
  };
  /** Resolves when proxies can have seen that this tracker drains. */
  readonly noticed: (stopped: AbortSignal) => Promise<void>;
  /** Whether other trackers may still tell their viewers of those here. */
  readonly tellOthers: (isLeaving: boolean) => void;
  readonly metrics: { sentAway(reason: 'drain', count: number): void };
  /** Writes what was taken; resolves when all of it is answered, or after this time. */
  readonly writeOut: (deadlineMs: number) => Promise<void>;
}

/** `announced`: proxies are told, and all goes on; `leaving`: viewers are sent away. */
export type DrainState = 'none' | 'announced' | 'leaving' | 'drained';

/** How often some are told to go. */
const turnMs = 100;

/**
 * Sends all viewers to other trackers: first proxies are told, then the viewers, so many a second,
 * then what they reported is written, and who is still there is closed.
 */
export class Drain {
  #state: DrainState = 'none';
  #isFinal = false;
  #running: { readonly ended: Promise<void>; readonly cancelled: AbortController } | undefined;
  #told = 0;
  #spreadMs = 0;

  constructor(private readonly parts: DrainParts) {}

  get state(): DrainState {
    return this.#state;
  }

  /** True: no viewer should be sent here. */
  get isOn(): boolean {
    return this.#state !== 'none';
  }

  /** For whoever asks how far it is. */
  status(): Readonly<Record<string, string | number>> {
    const { socketCount } = this.parts.server;
    return { state: this.#state, sockets: socketCount, told: this.#told, spreadMs: this.#spreadMs };
  }

  /** Begins, or goes on with the one that was begun; resolves when all are gone. */
  start(): Promise<void> {
    if (this.#running === undefined) {
      const cancelled = new AbortController();
      this.#state = 'announced';
      this.parts.logger.info(this.status(), 'draining');
      this.#running = { ended: this.#run(cancelled.signal), cancelled };
    }
    return this.#running.ended;
  }

  /** As `start`, and it can't be taken back: this tracker stops. */
  stop(): Promise<void> {
    this.#isFinal = true;
    return this.start();
  }

  /**
   * Takes viewers in again, however far it was. Who was told to go goes. False: this tracker stops.
   */
  cancel(): boolean {
    if (this.#isFinal) return false;
    if (this.#running === undefined) return true;
    this.#running.cancelled.abort();
    this.#running = undefined;
    this.#state = 'none';
    this.#told = 0;
    this.parts.server.acceptAgain();
    this.parts.tellOthers(false);
    this.parts.logger.info(this.status(), 'draining no more');
    return true;
  }

  async #run(cancelled: AbortSignal): Promise<void> {
    const { server, times, writeOut, noticed, tellOthers, logger } = this.parts;
    const isTakenBack = (): boolean => cancelled.aborted;
    await noticed(cancelled);
    if (isTakenBack()) return;
    server.stopAccepting();
    tellOthers(true);
    this.#state = 'leaving';
    await this.#sendAway(cancelled);
    if (isTakenBack()) return;
    await server.allClosed(jitterMs + leaveMs);
    await writeOut(times.flushMs);
    if (isTakenBack()) return;
    const left = server.socketCount;
    await server.closeSockets();
    if (isTakenBack()) return;
    this.#state = 'drained';
    logger.info({ told: this.#told, left }, 'drained');
  }

  /** Tells so many at each turn that all know at the end of the spread. */
  async #sendAway(cancelled: AbortSignal): Promise<void> {
    const { server, times, random, metrics } = this.parts;
    const viewers = server.viewers();
    this.#spreadMs = times.spreadMs(viewers.length);
    const turns = Math.max(1, Math.round(this.#spreadMs / turnMs));
    for (let turn = 1; turn <= turns && !cancelled.aborted; turn += 1) {
      const until = Math.ceil((viewers.length * turn) / turns);
      for (const viewer of viewers.slice(this.#told, until)) {
        viewer.reconnect(Math.floor(random() * jitterMs));
      }
      metrics.sentAway('drain', until - this.#told);
      this.#told = until;
      if (server.socketCount === 0) return;
      if (turn < turns) await wait(turnMs, undefined, { signal: cancelled }).catch(() => undefined);
    }
  }
}
