import type { RegisteredStream } from '../../registry/index.js';
import { sees, type Actor } from '../actor.js';
import { problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';

/** The stream; one that the actor doesn't see is as if it weren't there. Throws a 404. */
export function seenStream(catalog: StreamCatalog, actor: Actor, key: string): RegisteredStream {
  const stream = catalog.stream(key);
  if (stream !== undefined && sees(actor, stream)) return stream;
  throw noStream(key);
}

export function noStream(key: string): Error {
  return problem(404, 'not_found', `there is no stream ${key}`, 'key');
}

/** Throws a 403 where the actor sees some groups alone: `what` tells of all streams. */
export function mustSeeAll({ groups }: Actor, what: string): void {
  if (groups !== 'all') throw problem(403, 'forbidden', `${what} is for who sees all streams`);
}
