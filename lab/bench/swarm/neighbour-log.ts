import { codec } from '../../../schemas/index.js';
import type { SwarmExchange } from '../../../tracker/neighbours/swarm-exchange.js';
import { stepMs } from './scenario.js';

/** What trackers told each other: records and bytes that were written, each once. */
export interface Told {
  readonly records: number;
  readonly bytes: number;
}

/** A second is coarser than the tracker's beat, and as fine as its heartbeat. */
const beatMs = 1_000;

/** The log by which trackers tell each other of their swarms, without a broker: all arrives. */
export class NeighbourLog {
  #records = 0;
  #bytes = 0;

  constructor(private readonly exchanges: readonly SwarmExchange[]) {}

  get told(): Told {
    return { records: this.#records, bytes: this.#bytes };
  }

  /** All beats of the step that ends now. */
  step(nowMs: number): void {
    for (let atMs = nowMs - stepMs + beatMs; atMs <= nowMs; atMs += beatMs) this.#beat(atMs);
  }

  #beat(atMs: number): void {
    for (const exchange of this.exchanges) exchange.forgetOld(atMs);
    for (const exchange of this.exchanges) {
      const record = exchange.beat(atMs);
      if (record === undefined) continue;
      this.#records += 1;
      this.#bytes += codec().encode('SwarmSamples', record).length;
      for (const other of this.exchanges) if (other !== exchange) other.hear(record, atMs);
    }
  }
}
