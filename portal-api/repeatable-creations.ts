import { createHash } from 'node:crypto';
import { creationId, isFields, type RegisteredStream } from '../registry/index.js';
import { problem } from './problems.js';
import type { StreamCatalog } from './stream-catalog.js';

interface Running {
  readonly body: string;
  readonly stream: Promise<RegisteredStream>;
}

/**
 * Creations that name an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): made once,
 * and answered alike however often and to whichever portal they are sent, since the registry's log
 * tells which request each came from.
 */
export class RepeatableCreations {
  /** Those under way here, at most as many as the registry's writer takes. */
  readonly #running = new Map<string, Running>();

  constructor(private readonly catalog: Pick<StreamCatalog, 'creation'>) {}

  /**
   * The stream that this request created before, or creates now by the command of the given id.
   * Throws a problem where the key was used with another body.
   */
  async create(
    request: { readonly actor: string; readonly key: string; readonly body: object },
    create: (commandId: string) => Promise<RegisteredStream>,
  ): Promise<RegisteredStream> {
    const name = digestOf([request.actor, request.key]);
    const body = digestOf(request.body);
    const earlier = this.catalog.creation(name) ?? this.#running.get(name);
    if (earlier !== undefined) {
      if (earlier.body === body) return await earlier.stream;
      const message = 'the Idempotency-Key was used with another body';
      throw problem(422, 'idempotency_key_reused', message, 'idempotency-key');
    }
    const stream = create(creationId(name, body));
    this.#running.set(name, { body, stream });
    try {
      return await stream;
    } finally {
      this.#running.delete(name);
    }
  }
}

/** The same whatever order an object's fields are in. */
function digestOf(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) =>
    isFields(part) ? Object.fromEntries(Object.entries(part).sort(byName)) : part,
  );
  return createHash('sha256').update(text).digest('base64url');
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
