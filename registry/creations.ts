import type { RegisteredStream } from './types.js';

/** Creations that can be asked for again with the same answer. */
const creationsMax = 10_000;

const idShape = /^create:([A-Za-z0-9_-]+):([A-Za-z0-9_-]+)$/;

/** What came of a request that can be made again. */
export interface Creation {
  /** Digest of what was asked for. */
  readonly body: string;
  /** As it was created. */
  readonly stream: RegisteredStream;
}

/**
 * The id of the command of a request that can be made again: whichever process it comes to, the
 * log has it under one name. Both are digests as base64url.
 */
export function creationId(request: string, body: string): string {
  return `create:${request}:${body}`;
}

/** The latest requests that created a stream, as the log has them. */
export class Creations {
  readonly #byRequest = new Map<string, Creation>();

  of(request: string): Creation | undefined {
    return this.#byRequest.get(request);
  }

  /** The stream that the command of this id created; undefined: none. */
  madeBy(commandId: string): RegisteredStream | undefined {
    const [, request = '', body] = idShape.exec(commandId) ?? [];
    const creation = this.#byRequest.get(request);
    return creation?.body === body ? creation?.stream : undefined;
  }

  /** Remembers that the command of this id created the stream. */
  add(commandId: string, stream: RegisteredStream): void {
    const [, request, body] = idShape.exec(commandId) ?? [];
    if (request === undefined || body === undefined || this.#byRequest.has(request)) return;
    this.#byRequest.set(request, { body, stream });
    if (this.#byRequest.size <= creationsMax) return;
    for (const oldest of this.#byRequest.keys()) {
      this.#byRequest.delete(oldest);
      return;
    }
  }
}
