import type {
  ChangePlace,
  Creation,
  HistoryEntry,
  RegisteredStream,
  Registry,
  RegistryWriter,
  Sealing,
} from '../registry/index.js';
import type { TokenKey } from '../schemas/index.js';
import { StreamCounts } from './stream-counts.js';

/** What the routes need to know and do of streams. */
export interface StreamCatalog {
  stream(key: string): RegisteredStream | undefined;
  /** In the order of their creation. */
  streams(): readonly RegisteredStream[];
  readonly counts: StreamCounts;
  /** Since when the stream is registered; undefined when it isn't. */
  registeredAtMs(key: string): number | undefined;
  /** True: a stream that was deleted had the key before, and figures by it. */
  hadPredecessor(key: string): boolean;
  /** A key's audit trail, oldest first, also of a stream that was deleted. Has secrets. */
  history(key: string): readonly HistoryEntry[];
  /** Where the latest changes of all streams stand in their trails, oldest first. */
  latestChanges(): readonly ChangePlace[];
  creation(request: string): Creation | undefined;
  /** A token key's secret as its issuer has it; undefined: it is sealed by another key. */
  secretOf(stream: string, tokenKey: TokenKey): string | undefined;
  putStream: RegistryWriter['putStream'];
  deleteStream: RegistryWriter['deleteStream'];
}

/** The catalog that the registry log holds. */
export function registryCatalog(
  registry: Registry,
  writer: RegistryWriter,
  sealing: Sealing,
): StreamCatalog {
  return {
    stream: (key) => registry.stream(key),
    streams: () => registry.streams(),
    counts: new StreamCounts(registry),
    registeredAtMs: (key) => registry.stream(key)?.createdAtMs,
    hadPredecessor: (key) => registry.hadPredecessor(key),
    history: (key) => registry.history(key),
    latestChanges: () => registry.latestChanges(),
    creation: (request) => registry.creation(request),
    secretOf: (stream, tokenKey) => {
      const unsealed = sealing.unseal(stream, tokenKey);
      return unsealed.kind === 'secret' ? unsealed.secret : undefined;
    },
    putStream: (...change) => writer.putStream(...change),
    deleteStream: (...change) => writer.deleteStream(...change),
  };
}
