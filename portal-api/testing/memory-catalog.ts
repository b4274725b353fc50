import {
  emptyStream,
  streamError,
  type RegisteredStream,
  type StreamSettings,
} from '../../registry/index.js';
import type { StreamCatalog } from '../stream-catalog.js';

/** A catalog in memory that decides as the registry's fold does. */
export class MemoryCatalog implements StreamCatalog {
  readonly #streams = new Map<string, RegisteredStream>();
  /** Called between the caller's look at a stream and its write, to let another write win. */
  beforeWrite: () => void = () => undefined;

  constructor(private readonly now: () => number) {}

  stream(key: string): RegisteredStream | undefined {
    return this.#streams.get(key);
  }

  streams(): readonly RegisteredStream[] {
    return [...this.#streams.values()];
  }

  registeredAtMs(key: string): number | undefined {
    return this.#streams.get(key)?.changedAtMs;
  }

  put(settings: Partial<StreamSettings> & { readonly key: string }, changedBy = 'test'): void {
    const present = this.#streams.get(settings.key);
    this.#streams.set(settings.key, {
      ...emptyStream(settings.key),
      title: settings.key,
      ...present,
      ...settings,
      revision: (present?.revision ?? 0) + 1,
      changedAtMs: this.now(),
      changedBy,
    });
  }

  putStream: StreamCatalog['putStream'] = (settings, expectedRevision, actor) => {
    this.beforeWrite();
    const broken = streamError(settings);
    if (broken !== undefined) {
      return Promise.resolve({ ok: false, reason: 'invalid', detail: broken });
    }
    const present = this.#streams.get(settings.key);
    if (present !== undefined && expectedRevision === 0) {
      return Promise.resolve({ ok: false, reason: 'exists', detail: 'exists already' });
    }
    if (expectedRevision !== (present?.revision ?? 0)) {
      return Promise.resolve({ ok: false, reason: 'conflict', detail: 'another revision' });
    }
    this.put(settings, actor);
    const stream = this.#streams.get(settings.key);
    if (stream === undefined) throw new Error('what was put is there');
    return Promise.resolve({ ok: true, stream });
  };
}
