import type { RegisteredStream } from '../../registry/index.js';
import type { StreamCatalog } from '../stream-catalog.js';
import type { MetricsSubject } from './metrics-reader.js';

/**
 * A stream as a subject of figures: nothing is known of it before it was registered. Where another
 * stream had its key, figures from before are not its own.
 */
export function subjectOf(
  catalog: Pick<StreamCatalog, 'registeredAtMs' | 'hadPredecessor'>,
  { key }: Pick<RegisteredStream, 'key'>,
  nowMs: number,
): MetricsSubject & { readonly stream: string } {
  const knownFromMs = catalog.registeredAtMs(key) ?? nowMs;
  return { stream: key, knownFromMs, ownFromMs: catalog.hadPredecessor(key) ? knownFromMs : 0 };
}

/** All streams together, known since the first of them was. */
export function totalSubject(all: readonly MetricsSubject[], nowMs: number): MetricsSubject {
  return { stream: undefined, knownFromMs: firstKnownMs(all, nowMs), ownFromMs: 0 };
}

/** Since when something is known of one of these. */
export function firstKnownMs(all: readonly MetricsSubject[], nowMs: number): number {
  return all.reduce((first, one) => Math.min(first, one.knownFromMs), nowMs);
}
