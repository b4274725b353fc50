import { codec, newestRecordsVersion } from '../../schemas/index.js';
import type { VirtualClock } from './virtual-clock.js';

/** How long after the beginning all readers know the next version of the records. */
const learnedEveryMs = 30_000;

/** As in a cluster that is being upgraded: its readers learn one version after the other. */
export class ReadersVersion {
  readonly #beganMs: number;

  constructor(
    private readonly clock: VirtualClock,
    private readonly violate: (what: string) => void,
  ) {
    this.#beganMs = clock.nowMs;
  }

  /** What the cluster's settings say to writers. */
  get known(): number {
    const learned = Math.floor((this.clock.nowMs - this.#beganMs) / learnedEveryMs);
    return Math.min(newestRecordsVersion, 1 + learned);
  }

  /** A writer sends this: no reader may find a record that it doesn't know. */
  sent(writer: string, value: Buffer | null): void {
    if (this.known === newestRecordsVersion || value === null) return;
    const decoded = codec().decode(value);
    if (!decoded.ok || codec().isOlder(value)) return;
    const { type } = decoded.record;
    // The newest announces came with the second version, the newest partials with the third.
    const isKnown = type === 'AnnounceBatch' ? this.known > 1 : type !== 'PartialBatch';
    if (!isKnown) this.violate(`readers: ${writer} writes a ${type} that not all of them know`);
  }
}
