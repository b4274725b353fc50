import type { CarbonConnection, ConnectionEvents } from '../rollup/sinks/graphite-connection.js';
import type { Faults } from './faults.js';
import type { Random } from './random.js';
import { sessionTimeoutMs } from './settings.js';
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
  /** By second, then by metric. */
  readonly #points = new Map<number, Map<string, Point>>();
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

  /** Lines of `metric value seconds`. */
  receive(from: string, lines: string): void {
    const { clock, random, onReceived } = this.options;
    const flushAtMs = clock.nowMs + random.below(flushedWithinMs);
    let count = 0;
    for (let start = 0; start < lines.length; count += 1) {
      const end = lines.indexOf('\n', start);
      if (end < 0) throw new Error('a line without its end');
      const metricEnd = lines.indexOf(' ', start);
      const valueEnd = lines.indexOf(' ', metricEnd + 1);
      const metric = lines.slice(start, metricEnd);
      const value = Number(lines.slice(metricEnd + 1, valueEnd));
      this.#set(Number(lines.slice(valueEnd + 1, end)), metric, value, flushAtMs);
      start = end + 1;
    }
    onReceived(from, count);
  }

  #set(seconds: number, metric: string, value: number, flushAtMs: number): void {
    let points = this.#points.get(seconds);
    if (points === undefined) {
      points = new Map();
      this.#points.set(seconds, points);
    }
    const point = points.get(metric);
    if (point === undefined) {
      points.set(metric, { value, onDisk: undefined, flushAtMs });
      return;
    }
    if (point.flushAtMs <= this.options.clock.nowMs) {
      point.onDisk = point.value;
      point.flushAtMs = flushAtMs;
    }
    point.value = value;
  }

  /** Kill -9: what was in memory only is gone. */
  kill(awayMs: number): void {
    const { clock } = this.options;
    for (const points of this.#points.values()) {
      for (const [metric, point] of points) {
        if (point.flushAtMs <= clock.nowMs) point.onDisk = point.value;
        if (point.onDisk === undefined) points.delete(metric);
        else point.value = point.onDisk;
        point.flushAtMs = -Infinity;
      }
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

  /** All points of the seconds that are wanted, by `metric seconds`. */
  points(isWanted: (seconds: number) => boolean): Map<string, number> {
    const all = new Map<string, number>();
    for (const [seconds, points] of this.#points) {
      if (!isWanted(seconds)) continue;
      for (const [metric, { value }] of points) all.set(`${metric} ${seconds}`, value);
    }
    return all;
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

  write(lines: string): boolean {
    if (!this.#isConnected) return false;
    this.#maybePause();
    const epoch = this.#epoch;
    if (this.process.isPaused) this.#sendAwake(epoch, lines);
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

  #sendAwake(epoch: number, lines: string): void {
    const { clock, faults } = this.carbon.options;
    const checkedAtMs = clock.nowMs;
    this.process.after(0, () => {
      const isFormerOwner = clock.nowMs - checkedAtMs > sessionTimeoutMs;
      if (isFormerOwner) faults.count('former owner writes to carbon');
      this.#send(epoch, lines);
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
