import type { Faults } from './faults.js';
import type { Random } from './random.js';
import type { VirtualClock } from './virtual-clock.js';

/** On disk within 30 s is what carbon has to promise (docs/exactness.md#what-it-needs). */
const flushedWithinMs = 30_000;
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

export interface PauseAtWrite {
  readonly durationMs: number;
  /** It has woken, and the write is on its way. */
  readonly onSent?: () => void;
}

/** What carbon knows of a connection to it. */
export interface CuttableConnection {
  /** Carbon's side is gone; the other one notices a little later, or not at all (Infinity). */
  cut(noticedAfterMs: number): void;
}

/** Carbon: the last write of a point stays, unless it is killed before the point is on disk. */
export class Carbon {
  /** By second, then by metric. */
  readonly #points = new Map<number, Map<string, Point>>();
  readonly #connections = new Set<CuttableConnection>();
  #awayUntilMs = -Infinity;
  #vanishedUntilMs = -Infinity;
  #hungUntilMs = -Infinity;
  /** What came while it hung, by connection. */
  readonly #stuck = new Map<CuttableConnection, (() => void)[]>();
  /** By the process that will be paused at its next write. */
  readonly pausesAtWrite = new Map<string, PauseAtWrite>();

  constructor(readonly options: CarbonOptions) {}

  get isAway(): boolean {
    return this.options.clock.nowMs < this.#awayUntilMs;
  }

  /** True: its host answers nothing, not even that nobody listens. */
  get isVanished(): boolean {
    return this.options.clock.nowMs < this.#vanishedUntilMs;
  }

  opened(connection: CuttableConnection): void {
    this.#connections.add(connection);
  }

  closed(connection: CuttableConnection): void {
    this.#connections.delete(connection);
  }

  /** Something came by a connection: it is read at once, or when carbon reads on. */
  arrived(connection: CuttableConnection, read: () => void): void {
    if (this.options.clock.nowMs >= this.#hungUntilMs) {
      read();
      return;
    }
    const stuck = this.#stuck.get(connection) ?? [];
    this.#stuck.set(connection, stuck);
    stuck.push(read);
  }

  /** SIGSTOP: it is connected to, and reads nothing for a while; then all, in any order. */
  hang(durationMs: number): void {
    const { clock } = this.options;
    this.#hungUntilMs = Math.max(this.#hungUntilMs, clock.nowMs + durationMs);
    clock.at(this.#hungUntilMs, () => this.#readOn());
  }

  #readOn(): void {
    if (this.options.clock.nowMs < this.#hungUntilMs) return;
    const connections = this.options.random.shuffled([...this.#stuck.values()]);
    this.#stuck.clear();
    for (const stuck of connections) for (const read of stuck) read();
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
    this.#loseMemory();
    this.goAway(awayMs);
  }

  /** Its host loses power: as if killed, but nobody is told. */
  vanish(awayMs: number): void {
    this.#loseMemory();
    this.#vanishedUntilMs = Math.max(this.#vanishedUntilMs, this.options.clock.nowMs + awayMs);
    for (const connection of this.#connections) connection.cut(Infinity);
    this.#connections.clear();
  }

  #loseMemory(): void {
    this.#hungUntilMs = -Infinity;
    this.#stuck.clear();
    const { clock } = this.options;
    for (const points of this.#points.values()) {
      for (const [metric, point] of points) {
        if (point.flushAtMs <= clock.nowMs) point.onDisk = point.value;
        if (point.onDisk === undefined) points.delete(metric);
        else point.value = point.onDisk;
        point.flushAtMs = -Infinity;
      }
    }
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
