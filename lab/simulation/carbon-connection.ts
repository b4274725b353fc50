import type { CarbonConnection, ConnectionEvents } from '../../graphite/index.js';
import { sessionTimeoutMs } from '../../rollup/ownership.js';
import type { Carbon, CuttableConnection } from './carbon.js';
import type { SimulatedProcess } from './simulated-process.js';

const nothing = (): void => undefined;
const firstDelayMs = 250;
const delayMsMax = 10_000;

/** A process's connection to carbon, which comes back by itself as the production one does. */
export class SimulatedCarbonConnection implements CarbonConnection, CuttableConnection {
  #epoch = 0;
  /** As this side knows. */
  #isConnected = false;
  #isClosed = false;
  #delayMs = firstDelayMs;
  #lastArrivalMs = 0;
  /** The connection that carbon still has; what comes by an earlier one is lost. */
  #living = 0;

  constructor(
    private readonly carbon: Carbon,
    private readonly process: SimulatedProcess,
    private readonly events: ConnectionEvents,
  ) {
    this.#open();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get isFlushed(): boolean {
    return this.#isConnected;
  }

  write(lines: string): boolean {
    if (!this.#isConnected) return false;
    const onSent = this.#maybePause();
    const epoch = this.#epoch;
    if (this.process.isPaused) this.#sendAwake(epoch, lines, onSent);
    else this.#send(epoch, lines);
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#isConnected = false;
    this.carbon.closed(this);
  }

  /** Carbon's side is gone; ours notices a little later. */
  cut(noticedAfterMs: number): void {
    const epoch = this.#epoch;
    this.#living = 0;
    this.process.after(noticedAfterMs, () => {
      if (epoch === this.#epoch && this.#isConnected) this.#lost('connection closed');
    });
  }

  #open(): void {
    const { random } = this.carbon.options;
    this.process.after(random.between(1, 50), () => {
      if (this.#isClosed) return;
      if (this.carbon.isAway) {
        this.#lost('connection refused');
        return;
      }
      this.#epoch += 1;
      this.#living = this.#epoch;
      this.#isConnected = true;
      this.#delayMs = firstDelayMs;
      this.carbon.opened(this);
      this.events.onConnected();
    });
  }

  #lost(reason: string): void {
    this.#isConnected = false;
    if (this.#isClosed) return;
    this.events.onLost(reason);
    this.process.after(this.#delayMs, () => this.#open());
    this.#delayMs = Math.min(this.#delayMs * 2, delayMsMax);
  }

  /**
   * The process is stopped between its check and its write. What is to be called when it has woken
   * and written.
   */
  #maybePause(): () => void {
    const { faults, random, writePauseMsMax } = this.carbon.options;
    const { pausesAtWrite } = this.carbon;
    const ordered = pausesAtWrite.get(this.process.name);
    if (ordered !== undefined && !faults.isOver) {
      pausesAtWrite.delete(this.process.name);
      faults.count('rollup pauses before a write to carbon');
      this.process.pause(ordered.durationMs);
    } else if (!this.process.isPaused && faults.strikes('rollup pauses before a write to carbon')) {
      this.process.pause(random.between(5_000, writePauseMsMax));
    }
    return ordered?.onSent ?? nothing;
  }

  #sendAwake(epoch: number, lines: string, onSent: () => void): void {
    const { clock, faults } = this.carbon.options;
    const checkedAtMs = clock.nowMs;
    this.process.after(0, () => {
      const isFormerOwner = clock.nowMs - checkedAtMs > sessionTimeoutMs;
      if (isFormerOwner) faults.count('former owner writes to carbon');
      this.#send(epoch, lines);
      onSent();
    });
  }

  /** From here on the bytes are on their way, whatever becomes of the process. */
  #send(epoch: number, lines: string): void {
    const { clock, random } = this.carbon.options;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, clock.nowMs + random.between(0, 20));
    clock.at(this.#lastArrivalMs, () => {
      if (this.#living === epoch) this.carbon.receive(this.process.name, lines);
    });
  }
}
