import type { MinuteSpan } from '../../clickhouse/index.js';
import { sumMax } from '../../schemas/index.js';
import type { Finding } from './examine.js';
import { spanText } from './report.js';

/** How much was compared. */
export class Totals {
  #cells = 0;
  #points = 0;
  #cellsAtBound = 0;
  #notInGraphite: MinuteSpan | undefined;
  readonly #unreadable = new Set<string>();

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
    const notes = this.unreadable.map(
      (metric) => `Graphite can't read ${metric}: see docs/graphite.md#a-file-that-cannot-be-read`,
    );
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

  json(): {
    readonly cells: number;
    readonly points: number;
    readonly cellsAtBound: number;
    readonly unreadable: readonly string[];
  } {
    return {
      cells: this.#cells,
      points: this.#points,
      cellsAtBound: this.#cellsAtBound,
      unreadable: this.unreadable,
    };
  }

  text(): string {
    return `${this.#cells} cells and ${this.#points} points of Graphite compared`;
  }
}
