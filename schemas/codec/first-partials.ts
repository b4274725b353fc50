import { cellOf, countersOf, placesOf } from '../counts.js';
import { emptyCounters } from '../counters.js';
import type { PartialBatch, PlainCell } from '../records.js';
import { firstCounters } from './cell-formats.js';

/** A batch by `partial-batch.v1`, as avsc has it: its cells have a field for each counter. */
export interface FirstPartialBatch extends Omit<PartialBatch, 'streams'> {
  readonly streams: readonly { readonly stream: string; readonly cells: readonly PlainCell[] }[];
}

/** The same as it is read today, or which counter of a cell is broken. */
export function partialsOfFirst(first: FirstPartialBatch): PartialBatch | string {
  for (const { stream, cells } of first.streams) {
    for (const cell of cells) {
      const broken = firstCounters.find((name) => {
        const value: unknown = cell[name];
        const counts: readonly unknown[] = Array.isArray(value) ? value : [value];
        return counts.length !== placesOf(name) || counts.some((count) => Number(count) < 0);
      });
      if (broken !== undefined) return `a cell of ${stream}: ${broken} out of bounds`;
    }
  }
  return {
    ...first,
    streams: first.streams.map(({ stream, cells }) => ({
      stream,
      cells: cells.map((cell) => cellOf({ ...emptyCounters(), ...cell })),
    })),
  };
}

/** What `partial-batch.v1` takes of a batch. */
export function firstOfPartials(batch: PartialBatch): FirstPartialBatch {
  return {
    ...batch,
    streams: batch.streams.map(({ stream, cells }) => ({
      stream,
      cells: cells.map(({ quality, browser, counts }) => ({
        quality,
        browser,
        ...countersOf(counts),
      })),
    })),
  };
}
