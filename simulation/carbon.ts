import type { CarbonConnection, ConnectionEvents } from '../rollup/sinks/graphite-connection.js';
import type { Faults } from './faults.js';
import type { Random } from './random.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { VirtualClock } from './virtual-clock.js';

/**
 * On disk within 30 s is what carbon has to promise (DESIGN §3). A sender learns a little later that
 * its connection is gone, so the promise has to hold with that much to spare.
 */
const flushedWithinMs = 26_000;
const noticedWithinMs = 3_000;

interface Point {
  value: number;
  onDisk: number | undefined;
  /** When the value gets to the disk; −Infinity: it's there. */
  flushAtMs: number;
}

export interface CarbonOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: Faults;
  readonly onReceived: (connection: string, points: number) => void;
  /** The longest pause of a process between its check and its write. */
  readonly writePauseMsMax: number;
}

/** Carbon: the last write of a point stays, unless it is killed before the point is on disk. */
export class Carbon {
  readonly #points = new Map<string, Point>();
  readonly #connections = new Set<SimulatedCarbonConnection>();
  #awayUntilMs = -Infinity;
  /** Processes that will be paused at their next write, and for how long. */
  readonly pausesAtWrite = new Map<string, number>();

  constructor(readonly options: CarbonOptions) {}

  get isAway(): boolean {
    return this.options.clock.nowMs < this.#awayUntilMs;
  }

  connect(process: SimulatedProcess, events: ConnectionEvents): CarbonConnection {
    return new SimulatedCarbonConnection(this, process, events);
  }

  opened(connection: SimulatedCarbonConnection): void {
    this.#connections.add(connection);
  }

  closed(connection: SimulatedCarbonConnection): void {
    this.#connections.delete(connection);
  }

  receive(from: string, points: Readonly<Record<string, number>>, timestampMs: number): void {
    const { clock, random, onReceived } = this.options;
    const flushAtMs = clock.nowMs + random.below(flushedWithinMs);
    const seconds = Math.floor(timestampMs / 1_000);
    let count = 0;
    for (const metric in points) {
      const value = points[metric] ?? 0;
      const key = `${metric} ${seconds}`;
      const point = this.#points.get(key);
      count += 1;
      if (point === undefined) {
        this.#points.set(key, { value, onDisk: undefined, flushAtMs });
        continue;
      }
      if (point.flushAtMs <= clock.nowMs) {
        point.onDisk = point.value;
        point.flushAtMs = flushAtMs;
      }
      point.value = value;
    }
    onReceived(from, count);
  }

  /** Kill -9: what was in memory only is gone. */
  kill(awayMs: number): void {
    const { clock } = this.options;
    for (const [key, point] of this.#points) {
      if (point.flushAtMs <= clock.nowMs) point.onDisk = point.value;
      if (point.onDisk === undefined) this.#points.delete(key);
      else point.value = point.onDisk;
      point.flushAtMs = -Infinity;
    }
    this.goAway(awayMs);
  }

  goAway(awayMs: number): void {
    this.#awayUntilMs = Math.max(this.#awayUntilMs, this.options.clock.nowMs + awayMs);
    this.dropConnections();
  }

  dropConnections(): void {
    for (const connection of this.#connections) {
      connection.cut(this.options.random.below(noticedWithinMs));
    }
    this.#connections.clear();
  }

  /** All points, by `metric seconds`. */
  points(): Map<string, number> {
    return new Map([...this.#points].map(([key, { value }]) => [key, value]));
  }
}

const firstDelayMs = 250;
const delayMsMax = 10_000;

class SimulatedCarbonConnection implements CarbonConnection {
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

  write(points: Readonly<Record<string, number>>, timestampMs: number): boolean {
    if (!this.#isConnected) return false;
    this.#maybePause();
    const epoch = this.#epoch;
    if (this.process.isPaused) this.process.after(0, () => this.#send(epoch, points, timestampMs));
    else this.#send(epoch, points, timestampMs);
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

  /** The process is stopped between its check and its write. */
  #maybePause(): void {
    const { faults, random, writePauseMsMax } = this.carbon.options;
    const { pausesAtWrite } = this.carbon;
    const ordered = pausesAtWrite.get(this.process.name);
    if (ordered !== undefined && !faults.isOver) {
      pausesAtWrite.delete(this.process.name);
      faults.count('rollup pauses before a write to carbon');
      this.process.pause(ordered);
    } else if (!this.process.isPaused && faults.strikes('rollup pauses before a write to carbon')) {
      this.process.pause(random.between(5_000, writePauseMsMax));
    }
  }

  /** From here on the bytes are on their way, whatever becomes of the process. */
  #send(epoch: number, points: Readonly<Record<string, number>>, timestampMs: number): void {
    const { clock, random } = this.carbon.options;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, clock.nowMs + random.between(0, 20));
    clock.at(this.#lastArrivalMs, () => {
      if (this.#living === epoch) this.carbon.receive(this.process.name, points, timestampMs);
    });
  }
}
