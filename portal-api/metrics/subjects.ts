import type { RegisteredStream } from '../../registry/index.js';
import type { StreamCatalog } from '../stream-catalog.js';
import type { MetricsSubject } from './metrics-reader.js';

/** A stream as a subject of figures: nothing is known of it before it was registered. */
export function subjectOf(
  catalog: Pick<StreamCatalog, 'registeredAtMs'>,
  { key }: Pick<RegisteredStream, 'key'>,
  nowMs: number,
): MetricsSubject & { readonly stream: string } {
  return { stream: key, knownFromMs: catalog.registeredAtMs(key) ?? nowMs };
}

/** All streams together, known since the first of them was. */
export function totalSubject(all: readonly MetricsSubject[], nowMs: number): MetricsSubject {
  const knownFromMs = all.reduce((first, one) => Math.min(first, one.knownFromMs), nowMs);
  return { stream: undefined, knownFromMs };
}
