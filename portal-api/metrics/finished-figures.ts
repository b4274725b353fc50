import { portalLimits } from '../limits.js';
import { bytesOf, type Figures } from './figures.js';

interface Kept {
  readonly figures: Figures;
  readonly bytes: number;
  readonly readAtMs: number;
}

/**
 * Figures of minutes that are finished, by what they are of. Bounded in bytes (those that were used
 * longest ago go first) and by age, since `vba-admin recompute` may have mended them.
 */
export class FinishedFigures {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(private readonly now: () => number) {}

  /** What is kept, if it reaches back to `fromMs`. */
  get(key: string, fromMs: number): Figures | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (this.now() - kept.readAtMs >= portalLimits.keptMsMax) {
      this.#drop(key, kept);
      return undefined;
    }
    if (kept.figures.fromMs > fromMs || kept.figures.untilMs <= fromMs) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.figures;
  }

  put(key: string, figures: Figures): void {
    const before = this.#kept.get(key);
    if (before !== undefined) this.#drop(key, before);
    const bytes = bytesOf(figures);
    if (bytes > portalLimits.keptBytesMax) return;
    this.#kept.set(key, { figures, bytes, readAtMs: this.now() });
    this.#bytes += bytes;
    for (const [oldest, kept] of this.#kept) {
      if (this.#bytes <= portalLimits.keptBytesMax) break;
      this.#drop(oldest, kept);
    }
  }

  #drop(key: string, { bytes }: Kept): void {
    this.#kept.delete(key);
    this.#bytes -= bytes;
  }
}
