import type {
  Appended,
  KafkaConnection,
  LogProducer,
  LogRecord,
  LogTail,
  NewRecord,
} from '../../kafka/index.js';
import {
  emptyStream,
  Registry,
  RegistryWriter,
  Sealing,
  type StreamSettings,
} from '../../registry/index.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { registryCatalog, type StreamCatalog } from '../stream-catalog.js';

export interface MemoryCatalog extends StreamCatalog {
  /** Called between the caller's look at a stream and its write, to let another write win. */
  beforeWrite: () => void;
  /** Creates the stream or changes what is given of it, at once. */
  put(settings: Partial<StreamSettings> & { readonly key: string }, changedBy?: string): void;
}

/** The registry's catalog on a log in memory. */
export function memoryCatalog(now: () => number): MemoryCatalog {
  const log = new MemoryLog(now);
  const registry = new Registry(log, silentLogger);
  const writer = new RegistryWriter(registry, log);
  return Object.assign(registryCatalog(registry, writer, new Sealing()), {
    beforeWrite: () => undefined,
    put(settings: Partial<StreamSettings> & { readonly key: string }, changedBy = 'test'): void {
      const { key } = settings;
      const present = registry.stream(key);
      const before = present ?? { ...emptyStream(key), title: key };
      log.isReadAtOnce = true;
      void writer.putStream({ ...before, ...settings }, present?.revision ?? 0, changedBy);
      log.isReadAtOnce = false;
      if (registry.stream(key) === present) throw new Error('the registry refused what was put');
    },
    putStream(this: MemoryCatalog, ...change: Parameters<RegistryWriter['putStream']>) {
      this.beforeWrite();
      return writer.putStream(...change);
    },
  });
}

/** A log of one reader and one writer. */
class MemoryLog implements Pick<KafkaConnection, 'tail'>, LogProducer {
  /** True: records are read before their append returns, else in a later turn. */
  isReadAtOnce = false;
  #read: (record: LogRecord) => void = () => undefined;
  #length = 0;

  constructor(private readonly now: () => number) {}

  tail(_topic: string, onRecord: (record: LogRecord) => void): LogTail {
    this.#read = onRecord;
    const done = (): Promise<void> => Promise.resolve();
    return { start: done, stop: done, lastAnswerAtMs: this.now };
  }

  append(_topic: string, partition: number, records: readonly NewRecord[]): Promise<Appended> {
    const logAppendTimeMs = this.now();
    const baseOffset = this.#length;
    for (const { value } of records) {
      const record = { partition, offset: this.#length, logAppendTimeMs, key: null, value };
      this.#length += 1;
      if (this.isReadAtOnce) this.#read(record);
      else setImmediate(() => this.#read(record));
    }
    return Promise.resolve({ partition, baseOffset, logAppendTimeMs });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
