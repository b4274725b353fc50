import { availableParallelism, loadavg, setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { exitCode, StartError } from '../../../service/errors.js';
import { compiledTree } from '../../stack/index.js';
import { viewersProcess, type ViewersProcess, type ViewersStatus } from '../../viewers/index.js';
import type { CapacityBenchOptions } from './options.js';
import type { CapacityPlan } from './plan.js';
import type { CapacitySystem } from './system.js';

/** Viewers between two sessions, or coming back after their network failed. */
export const awayShareMax = 0.005;
/** So long nobody more came. */
const standstillMsMax = 120_000;
/**
 * Of all processes: whoever knocks while these wait for their first answers waits too, so that the
 * system is filled as fast as it lets viewers in, and not faster.
 */
const joiningMax = 200;
/** Viewers are elsewhere in production: they take what CPU the system leaves. */
const niceness = 10;
const pollMs = 250;

/** All processes of simulated viewers. */
export class Audiences {
  /** The fewest that were connected since `watch` was last called. */
  connectedMin = Infinity;
  #watching: NodeJS.Timeout | undefined;

  private constructor(readonly processes: readonly ViewersProcess[]) {}

  static start(
    { stack, haproxies }: CapacitySystem,
    options: CapacityBenchOptions,
    plan: CapacityPlan,
  ): Audiences {
    const straight = stack.trackers.map(({ ws }) => ws);
    const proxied = haproxies.map(({ ws }) => ws);
    const audiences = new Audiences(
      plan.audiences.map(({ way, viewers, streams }, place) =>
        viewersProcess({
          ws: (way === 'straight' ? straight : proxied).join(','),
          viewers,
          streams: streams.map((key) => ({ key, renditions: [] })),
          seed: options.seed + place,
          ledgerFile: join(stack.folder, `viewers-${place + 1}-${Date.now()}.jsonl`),
          distFolder: compiledTree(),
          sessionSeconds: options.sessionSeconds,
          rampSeconds: options.viewers / options.joinsPerSecond,
          joiningMax: Math.ceil(joiningMax / plan.audiences.length),
          ownAddresses: true,
        }),
      ),
    );
    for (const { pid } of audiences.processes) setPriority(pid, niceness);
    return audiences;
  }

  /** Resolves when all are there; rejects when some are missing and nobody comes any more. */
  async untilJoined(options: CapacityBenchOptions, signal: AbortSignal): Promise<void> {
    let most = 0;
    let grewAtMs = Date.now();
    while (this.connected < options.viewers * (1 - awayShareMax)) {
      if (this.connected > most) {
        most = this.connected;
        grewAtMs = Date.now();
      }
      if (Date.now() - grewAtMs > standstillMsMax) {
        throw new StartError(
          'viewers_missing',
          `only ${this.connected} of ${options.viewers} viewers joined, with a load of ` +
            `${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores: ` +
            JSON.stringify(this.errors()),
          exitCode.unavailable,
        );
      }
      await wait(pollMs, undefined, { signal });
    }
  }

  get connected(): number {
    return this.sumOf('connected');
  }

  sumOf(count: Exclude<keyof ViewersStatus, 'errors' | 'firstDetails'>): number {
    return this.processes.reduce((sum, process) => sum + (process.status()?.[count] ?? 0), 0);
  }

  errors(): Readonly<Record<string, number>> {
    const errors: Record<string, number> = {};
    for (const process of this.processes) {
      for (const [code, count] of Object.entries(process.status()?.errors ?? {})) {
        errors[code] = (errors[code] ?? 0) + count;
      }
    }
    return errors;
  }

  watch(): void {
    this.connectedMin = this.connected;
    this.#watching = setInterval(() => {
      this.connectedMin = Math.min(this.connectedMin, this.connected);
    }, pollMs);
  }

  unwatch(): void {
    clearInterval(this.#watching);
  }

  /** Rejects as soon as one of them has ended. */
  async ended(): Promise<never> {
    const { code, ledgerFile } = await Promise.race(
      this.processes.map(async ({ exited, ledgerFile }) => ({ code: await exited, ledgerFile })),
    );
    throw new Error(`the viewers of ${ledgerFile} ended with code ${code}`);
  }

  /** No new announces; resolves when all have their answers. */
  async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
  }

  async kill(): Promise<void> {
    this.unwatch();
    for (const process of this.processes) process.kill();
    await Promise.all(this.processes.map(({ exited }) => exited));
  }
}
