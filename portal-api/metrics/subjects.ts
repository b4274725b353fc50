import type { RegisteredStream } from '../../registry/index.js';
import type { StreamCatalog } from '../stream-catalog.js';
import type { MetricsSubject } from './metrics-reader.js';

/** A stream as a subject of figures: nothing is known of it before it was registered. */
export function subjectOf(
  catalog: StreamCatalog,
  { key }: Pick<RegisteredStream, 'key'>,
  nowMs: number,
): MetricsSubject {
  return { stream: key, knownFromMs: catalog.registeredAtMs(key) ?? nowMs };
}

/** All streams together, known since the first of them was. */
export function totalSubject(catalog: StreamCatalog, nowMs: number): MetricsSubject {
  const since = catalog.streams().map((stream) => subjectOf(catalog, stream, nowMs).knownFromMs);
  return {
    stream: undefined,
    knownFromMs: since.reduce((first, one) => Math.min(first, one), nowMs),
  };
}
