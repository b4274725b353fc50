import type { Leaver } from './drain.js';

/** A worker that asks no more, while another one went on for so long, is on its way out. */
const silentMsMax = 10_000;
/** Names are few, but for somebody who makes them up: theirs are told nothing. */
const workersMax = 1_000;

interface Worker {
  /** Undefined: viewers come by way of it already, its first check is still to come. */
  askedAtMs: number | undefined;
  readonly viewers: Set<Leaver>;
}

/**
 * The processes of proxies, by what each calls itself, and the viewers who came by way of each.
 * A reload leaves open sockets with the worker before, which checks nobody's health any more and
 * stays until they close: its viewers have to come again, and not all at once at its end.
 */
export class ProxyWorkers {
  readonly #workers = new Map<string, Worker>();
  #latestMs = 0;

  /** The worker checks this tracker's health. */
  asked(name: string, nowMs: number): void {
    this.#latestMs = nowMs;
    const worker = this.#workerOf(name);
    if (worker !== undefined) worker.askedAtMs = nowMs;
  }

  /** A viewer came by way of it. Returns what is to be called when it is gone. */
  hold(name: string, viewer: Leaver): () => void {
    const worker = this.#workerOf(name);
    worker?.viewers.add(viewer);
    return () => {
      worker?.viewers.delete(viewer);
      if (worker?.viewers.size === 0 && worker.askedAtMs === undefined) this.#workers.delete(name);
    };
  }

  #workerOf(name: string): Worker | undefined {
    const known = this.#workers.get(name);
    if (known !== undefined || this.#workers.size >= workersMax) return known;
    const worker: Worker = { askedAtMs: undefined, viewers: new Set() };
    this.#workers.set(name, worker);
    return worker;
  }

  /** So many at most of those whose worker is on its way out, each of them once. */
  takeLeavers(max: number): readonly Leaver[] {
    const leavers: Leaver[] = [];
    for (const [name, { askedAtMs, viewers }] of this.#workers) {
      if (askedAtMs === undefined || this.#latestMs - askedAtMs <= silentMsMax) continue;
      for (const viewer of viewers) {
        if (leavers.length >= max) return leavers;
        viewers.delete(viewer);
        leavers.push(viewer);
      }
      this.#workers.delete(name);
    }
    return leavers;
  }
}
