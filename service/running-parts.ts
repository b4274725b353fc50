import { AppError, exitCode, messageOf, StartError } from './errors.js';
import type { Logger } from './logs.js';

/** What has been started, how it reloads, and how it ends. */
export class RunningParts {
  readonly #parts: { part: string; stop: () => Promise<void> | void }[] = [];
  readonly #reloads: { part: string; reload: () => Promise<void> | void }[] = [];

  constructor(
    readonly stopping: AbortController,
    private readonly logger: Logger,
  ) {}

  add(part: string, stop: () => Promise<void> | void): void {
    this.#parts.push({ part, stop });
  }

  addReload(part: string, reload: () => Promise<void> | void): void {
    this.#reloads.push({ part, reload });
  }

  /** False: nothing reloads. */
  reload(): boolean {
    for (const { part, reload } of this.#reloads) {
      this.logger.info({ part }, 'reloading');
      Promise.resolve(reload()).catch((error: unknown) =>
        this.logger.error({ part, error: messageOf(error) }, 'a part did not reload'),
      );
    }
    return this.#reloads.length > 0;
  }

  /** Ends them in reverse order, each awaited; one that fails keeps none of the others. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const { part, stop } of this.#parts.toReversed()) {
      try {
        await stop();
      } catch (error) {
        this.logger.error({ part, error: messageOf(error) }, 'a part did not stop cleanly');
      }
    }
    this.logger.info({}, 'stopped');
  }

  /** Logs why a part can't go on, and stops all; resolves to the exit code that says why. */
  async fail(error: unknown): Promise<number> {
    const code = error instanceof AppError ? error.code : 'internal';
    this.logger.error({ code, error: messageOf(error) }, 'cannot go on');
    await this.stop();
    return error instanceof StartError ? error.exitCode : exitCode.internal;
  }

  /** As `stop`, but resolves after `deadlineMs` at most, whatever still hangs. */
  async stopWithin(deadlineMs: number): Promise<void> {
    const deadline = new Promise<void>((resolve) => {
      setTimeout(resolve, deadlineMs).unref();
    });
    await Promise.race([this.stop(), deadline]);
  }
}
