import type { Registry, RegistryWriter, RegisteredStream } from '../registry/index.js';

/** What the routes need to know and do of streams. */
export interface StreamCatalog {
  stream(key: string): RegisteredStream | undefined;
  streams(): readonly RegisteredStream[];
  /**
   * Since when the stream is registered, as far as its trail goes back; undefined when it isn't.
   */
  registeredAtMs(key: string): number | undefined;
  putStream: RegistryWriter['putStream'];
}

/** The catalog that the registry log holds. */
export function registryCatalog(registry: Registry, writer: RegistryWriter): StreamCatalog {
  return {
    stream: (key) => registry.stream(key),
    streams: () => registry.streams(),
    registeredAtMs: (key) =>
      registry.history(key).find(({ outcome }) => outcome === 'accepted')?.atMs,
    putStream: (settings, expectedRevision, actor) =>
      writer.putStream(settings, expectedRevision, actor),
  };
}
