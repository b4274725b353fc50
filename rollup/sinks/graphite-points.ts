import {
  closedMetric,
  facetBase,
  fallsToZero,
  hasCellsOf,
  isFacetAsked,
  isNamePartTooLong,
  metricBase,
  tellFacet,
  tellFallen,
  tellStreamPoints,
} from '../../graphite/index.js';
import { writeAscii, type FacetCell } from '../../schemas/index.js';
import { withRoom } from '../../service/with-room.js';
import type { StreamTotal } from '../totals/minute-totals.js';
import type { MinuteWrite } from './sink.js';

const firstTextBytes = 65_536;

/**
 * ASCII in one piece. A text that grows piece by piece keeps each of them as an object until it is
 * read; of 10 000 streams that are half a million.
 */
class FlatText {
  #bytes = Buffer.allocUnsafe(firstTextBytes);
  #length = 0;

  add(text: string): void {
    if (this.#length + text.length > this.#bytes.length) {
      this.#bytes = withRoom(this.#bytes, this.#length, text.length);
    }
    this.#length = writeAscii(this.#bytes, this.#length, text);
  }

  toString(): string {
    return this.#bytes.toString('latin1', 0, this.#length);
  }
}

/** The facets of a stream of which Graphite is told. */
export type AskedFacets = (stream: string) => readonly string[];

/**
 * All points of a write as carbon's lines: the totals, and zeros for what the previous minute had
 * and this one hasn't, so that graphs fall to zero. Each metric stands there once; all of it is
 * ASCII.
 */
export function minuteLines(
  write: MinuteWrite,
  prefix: string,
  intervalMs: number,
  askedFacets: AskedFacets,
): string {
  const end = ` ${Math.floor((write.minute * intervalMs) / 1_000)}\n`;
  const text = new FlatText();
  let base = '';
  const tell = (name: string, value: number): void => {
    text.add(base);
    text.add(name);
    text.add(' ');
    text.add(String(value));
    text.add(end);
  };
  const present = new Map<string, StreamTotal>();
  for (const total of write.totals) {
    base = metricBase(prefix, total.stream);
    tellStreamPoints(total.cells, intervalMs, tell);
    if (write.previous.size > 0) present.set(total.stream, total);
    for (const facet of asked(total, askedFacets)) {
      base = facetBase(prefix, total.stream, facet.facet, facet.value);
      tellFacet(facet, intervalMs, tell);
    }
  }
  for (const total of write.previous.values()) {
    const now = asked(present.get(total.stream), askedFacets);
    for (const before of asked(total, askedFacets)) {
      const { facet, value } = before;
      base = facetBase(prefix, total.stream, facet, value);
      const same = now.find((one) => one.facet === facet && one.value === value);
      const gone = goneNames(
        (tellName) => tellFacet(before, intervalMs, tellName),
        same && ((tellName) => tellFacet(same, intervalMs, tellName)),
      );
      for (const name of gone) tell(name, 0);
    }
    const cells = present.get(total.stream)?.cells;
    base = metricBase(prefix, total.stream);
    if (cells !== undefined && hasCellsOf(cells, total.cells)) {
      tellFallen(cells, total.cells, tell);
    } else {
      const gone = goneNames(
        (tellName) => tellStreamPoints(total.cells, intervalMs, tellName),
        cells && ((tellName) => tellStreamPoints(cells, intervalMs, tellName)),
      );
      for (const name of gone) tell(name, 0);
    }
  }
  return text.toString();
}

/** What says that all of a closed minute is written; nothing of one that isn't closed. */
export function closedLine(
  { minute, closedBy }: Pick<MinuteWrite, 'minute' | 'closedBy'>,
  prefix: string,
  intervalMs: number,
): string {
  if (closedBy === undefined) return '';
  const seconds = Math.floor((minute * intervalMs) / 1_000);
  return `${closedMetric(prefix, closedBy)} 1 ${seconds}\n`;
}

/** Those of a stream's facets of which Graphite is told, and which it can store. */
function asked(total: StreamTotal | undefined, askedFacets: AskedFacets): readonly FacetCell[] {
  if (total?.facets === undefined) return [];
  const names = askedFacets(total.stream);
  if (names.length === 0) return [];
  return total.facets
    .add()
    .filter(({ facet, value }) => isFacetAsked(facet, names) && !isNamePartTooLong(value));
}

/** Tells points, of which only the names matter here. */
type TellNames = (tell: (name: string) => void) => void;

/** The names of what was told before and isn't now, of which graphs fall to zero. */
function goneNames(before: TellNames, now?: TellNames): ReadonlySet<string> {
  const names = new Set<string>();
  before((name) => {
    if (fallsToZero(name)) names.add(name);
  });
  now?.((name) => names.delete(name));
  return names;
}
