import type { MinuteSpan } from '../../clickhouse/index.js';
import { sumMax } from '../../schemas/index.js';
import type { Finding } from './examine.js';
import { someOf, spanText } from './report.js';

const mendingHint =
  "on Graphite's host, run recompute with --whisper and the folder that LOCAL_DATA_DIR of its " +
  'carbon.conf names, such as vba-admin recompute --whisper /var/lib/graphite/whisper: ' +
  'docs/graphite.md#a-file-that-cannot-be-read';
const notMendedHint = "their files could be mended no further: graphite-web's log says why";

/** How much was compared. */
export class Totals {
  #cells = 0;
  #points = 0;
  #cellsAtBound = 0;
  #notInGraphite: MinuteSpan | undefined;
  readonly #unreadable = new Set<string>();

  /** `isMending`: broken files have been mended before. */
  constructor(private readonly isMending: boolean) {}

  add(finding: Finding): void {
    this.#cells += finding.cells;
    this.#points += finding.points;
    this.#cellsAtBound += finding.cellsAtBound;
    for (const metric of finding.unreadable) this.#unreadable.add(metric);
    const { notInGraphite } = finding;
    if (notInGraphite === undefined) return;
    const before = this.#notInGraphite ?? notInGraphite;
    this.#notInGraphite = {
      from: Math.min(before.from, notInGraphite.from),
      to: Math.max(before.to, notInGraphite.to),
    };
  }

  /** Metrics that Graphite has and can't read. */
  get unreadable(): readonly string[] {
    return [...this.#unreadable].sort();
  }

  /** What was left out on the way, and what is no exact figure. */
  notes(intervalMs: number): string[] {
    const { size } = this.#unreadable;
    const hint = this.isMending ? notMendedHint : mendingHint;
    const notes =
      size === 0
        ? []
        : [`Graphite can't read ${size} metrics, ${someOf(this.unreadable)}: ${hint}`];
    if (this.#cellsAtBound > 0) {
      const cells = this.#cellsAtBound === 1 ? '1 cell has' : `${this.#cellsAtBound} cells have`;
      notes.push(`${cells} a sum at its bound, which means at least that: ≥ ${sumMax}`);
    }
    if (this.#notInGraphite === undefined) return notes;
    const span = spanText(this.#notInGraphite, intervalMs);
    return [
      ...notes,
      `Graphite has no points of single minutes for some or all of ${span}: not compared there`,
    ];
  }

  /** `limit`: most metrics to list. */
  json(limit: number): {
    readonly cells: number;
    readonly points: number;
    readonly cellsAtBound: number;
    readonly unreadableCount: number;
    readonly unreadable: readonly string[];
  } {
    return {
      cells: this.#cells,
      points: this.#points,
      cellsAtBound: this.#cellsAtBound,
      unreadableCount: this.#unreadable.size,
      unreadable: this.unreadable.slice(0, limit),
    };
  }

  text(): string {
    return `${this.#cells} cells and ${this.#points} points of Graphite compared`;
  }
}
