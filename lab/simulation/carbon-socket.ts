import type { CarbonSocket, OpenCarbonSocket, SocketEvents } from '../../graphite/index.js';
import { sessionTimeoutMs } from '../../rollup/ownership.js';
import type { Carbon, CuttableConnection } from './carbon.js';
import type { SimulatedProcess } from './simulated-process.js';

const nothing = (): void => undefined;
const connectTimeoutMs = 5_000;

/** A process's connections to carbon, as an operating system makes them. */
export function socketsOf(process: SimulatedProcess, carbon: Carbon): OpenCarbonSocket {
  return (events) => new SimulatedCarbonSocket(carbon, process, events);
}

class SimulatedCarbonSocket implements CarbonSocket, CuttableConnection {
  readonly waitingBytes = 0;
  /** True: this side is done with it. */
  #isClosed = false;
  /** True: carbon has it still; what comes otherwise is lost. */
  #isLiving = false;
  #lastArrivalMs = 0;

  constructor(
    private readonly carbon: Carbon,
    private readonly process: SimulatedProcess,
    private readonly events: SocketEvents,
  ) {
    process.after(carbon.options.random.between(1, 50), () => this.#connect());
  }

  write(lines: string): void {
    const onSent = this.#maybePause();
    if (this.process.isPaused) this.#sendAwake(lines, onSent);
    else this.#send(lines);
  }

  end(): void {
    this.#arrive(() => {
      if (!this.#isLiving) return;
      this.#isLiving = false;
      this.carbon.closed(this);
      this.process.after(this.carbon.options.random.between(1, 20), () => {
        this.#close('connection closed', true);
      });
    });
  }

  /** What is on its way arrives all the same. */
  destroy(): void {
    this.#isClosed = true;
  }

  /** Carbon's side is gone; ours notices a little later, or not at all. */
  cut(noticedAfterMs: number): void {
    this.#isLiving = false;
    if (noticedAfterMs === Infinity) return;
    this.process.after(noticedAfterMs, () => this.#close('connection reset', false));
  }

  #connect(): void {
    if (this.#isClosed) return;
    if (this.carbon.isVanished) {
      this.process.after(connectTimeoutMs, () => this.#close('no connection within 5 s', false));
    } else if (this.carbon.isAway) {
      this.#close('connection refused', false);
    } else {
      this.#isLiving = true;
      this.carbon.opened(this);
      this.events.onOpen();
    }
  }

  #close(reason: string, isRead: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.events.onClosed(reason, isRead);
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

  #sendAwake(lines: string, onSent: () => void): void {
    const { clock, faults } = this.carbon.options;
    const checkedAtMs = clock.nowMs;
    this.process.after(0, () => {
      const isFormerOwner = clock.nowMs - checkedAtMs > sessionTimeoutMs;
      if (isFormerOwner) faults.count('former owner writes to carbon');
      this.#send(lines);
      onSent();
    });
  }

  #send(lines: string): void {
    this.#arrive(() => {
      if (this.#isLiving) this.carbon.receive(this.process.name, lines);
    });
  }

  /** From here on it is on its way, in order, whatever becomes of the process. */
  #arrive(run: () => void): void {
    const { clock, random } = this.carbon.options;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, clock.nowMs + random.between(0, 20));
    clock.at(this.#lastArrivalMs, () => this.carbon.arrived(this, run));
  }
}
