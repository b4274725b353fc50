import type { MinuteSpan, StreamSize } from '../../clickhouse/index.js';

/** Streams and minutes that are read at once. */
export interface Chunk {
  readonly streams: readonly string[];
  readonly span: MinuteSpan;
}

/**
 * Most minutes, streams and raw announces of a chunk, what is stored counted as announces too: what
 * ClickHouse and this process hold at once.
 */
export const chunkMax = { minutes: 1_440, streams: 50, announces: 2_000_000 } as const;
/** A stored row, and the one that it should be, take a kilobyte each here. */
const announcesPerRow = 20;

export function weightOf({ announces, rows }: StreamSize): number {
  return announces + announcesPerRow * rows;
}

/** The span in pieces of at most `minutesMax`. */
export function piecesOf(span: MinuteSpan, minutesMax: number): MinuteSpan[] {
  const pieces: MinuteSpan[] = [];
  for (let from = span.from; from <= span.to; from += minutesMax) {
    pieces.push({ from, to: Math.min(span.to, from + minutesMax - 1) });
  }
  return pieces;
}

/**
 * Divides a span's streams into chunks: small streams together, a stream that is too large for one
 * by its minutes. Every stream and minute is in exactly one of them.
 */
export function chunksOf(sizes: readonly StreamSize[], span: MinuteSpan): Chunk[] {
  const chunks: Chunk[] = [];
  let streams: string[] = [];
  let weight = 0;
  const finish = (): void => {
    if (streams.length > 0) chunks.push({ streams, span });
    streams = [];
    weight = 0;
  };
  for (const size of sizes) {
    const ofStream = weightOf(size);
    if (ofStream > chunkMax.announces) {
      const minutesMax = minutesPerChunk(ofStream, span);
      chunks.push(
        ...piecesOf(span, minutesMax).map((piece) => ({ streams: [size.stream], span: piece })),
      );
      continue;
    }
    const isFull = streams.length >= chunkMax.streams || weight + ofStream > chunkMax.announces;
    if (isFull) finish();
    streams.push(size.stream);
    weight += ofStream;
  }
  finish();
  return chunks;
}

/**
 * How many minutes of a span with that many announces, if they are spread evenly, make one chunk.
 */
export function minutesPerChunk(announces: number, span: MinuteSpan): number {
  const minutes = span.to - span.from + 1;
  const chunks = Math.max(1, Math.ceil(announces / chunkMax.announces));
  return Math.max(1, Math.min(chunkMax.minutes, Math.floor(minutes / chunks)));
}
