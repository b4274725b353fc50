import type { RegisteredStream } from '../../registry/index.js';
import { sees, type Actor } from '../actor.js';
import { problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';

/** The stream; one that the actor doesn't see is as if it weren't there. Throws a 404. */
export function seenStream(catalog: StreamCatalog, actor: Actor, key: string): RegisteredStream {
  const stream = catalog.stream(key);
  if (stream !== undefined && sees(actor, stream)) return stream;
  throw problem(404, 'not_found', `there is no stream ${key}`, 'key');
}
