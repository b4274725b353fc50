import type { MinuteSpan } from '../../clickhouse/index.js';
import type { Finding } from './examine.js';
import { spanText } from './report.js';

/** How much was compared. */
export class Totals {
  #cells = 0;
  #points = 0;
  #notInGraphite: MinuteSpan | undefined;

  add(finding: Finding): void {
    this.#cells += finding.cells;
    this.#points += finding.points;
    const { notInGraphite } = finding;
    if (notInGraphite === undefined) return;
    const before = this.#notInGraphite ?? notInGraphite;
    this.#notInGraphite = {
      from: Math.min(before.from, notInGraphite.from),
      to: Math.max(before.to, notInGraphite.to),
    };
  }

  /** What was left out on the way. */
  notes(intervalMs: number): string[] {
    if (this.#notInGraphite === undefined) return [];
    const span = spanText(this.#notInGraphite, intervalMs);
    return [
      `Graphite has no points of single minutes for some or all of ${span}: not compared there`,
    ];
  }

  json(): { readonly cells: number; readonly points: number } {
    return { cells: this.#cells, points: this.#points };
  }

  text(): string {
    return `${this.#cells} cells and ${this.#points} points of Graphite compared`;
  }
}
