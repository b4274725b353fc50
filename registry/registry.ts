import { createHash } from 'node:crypto';
import type { KafkaConnection, LogRecord, LogTail } from '../kafka/index.js';
import { codec, topics, type Ring } from '../schemas/index.js';
import { messageOf } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import type { Creation } from './creations.js';
import { isDeleted } from './deleted-streams.js';
import { emptyRing, type RingState } from './ring-rules.js';
import { emptyRegistryState, fold, type FoldOutcome, type RegistryState } from './fold.js';
import type { ChangePlace, ClusterSettings, HistoryEntry, RegisteredStream } from './types.js';

/** A command that was read, by its id. */
export type CommandListener = (commandId: string, outcome: FoldOutcome) => void;

/**
 * Told of every change that took effect; with nothing more to read, the registry's methods show it
 * already.
 */
export type ChangeListener = (
  change:
    | { readonly kind: 'stream'; readonly stream: RegisteredStream }
    | { readonly kind: 'cluster'; readonly cluster: ClusterSettings }
    | { readonly kind: 'ring'; readonly ring: Ring; readonly state: RingState },
) => void;

/** Listeners are the program's own parts, a handful: more is a leak. */
const listenersMax = 100;

/** The streams and the cluster's settings, as the registry log says, followed as it grows. */
export class Registry {
  readonly #state: RegistryState = emptyRegistryState();
  /** What `streams` told last, until one changes. */
  #streams: readonly RegisteredStream[] | undefined;
  readonly #tail: LogTail;
  readonly #changeListeners = new Set<ChangeListener>();
  readonly #commandListeners = new Set<CommandListener>();
  readonly #logger: Logger;
  readonly #limitedLog = new RateLimitedLog(Date.now);
  #brokenRecords = 0;
  #nextOffset = 0;
  #digest = '';

  constructor(kafka: Pick<KafkaConnection, 'tail'>, logger: Logger) {
    this.#logger = logger;
    this.#tail = kafka.tail(topics.registry, (record) => this.#read(record));
  }

  /** Resolves when all that stood in the log at the call has been read. */
  async start(): Promise<void> {
    await this.#tail.start();
  }

  async stop(): Promise<void> {
    await this.#tail.stop();
  }

  stream(key: string): RegisteredStream | undefined {
    const stream = this.#state.streams.get(key)?.stream;
    return stream === undefined || isDeleted(stream) ? undefined : stream;
  }

  /**
   * All streams, archived ones too, in the order of their creation: the same array until one of
   * them changes.
   */
  streams(): readonly RegisteredStream[] {
    this.#streams ??= Array.from(this.#state.streams.values(), ({ stream }) => stream).filter(
      (stream) => !isDeleted(stream),
    );
    return this.#streams;
  }

  /** The revision that a stream of this key is created from: 0 unless there was one. */
  revisionToCreate(key: string): number {
    const stream = this.#state.streams.get(key)?.stream;
    return stream !== undefined && isDeleted(stream) ? stream.revision : 0;
  }

  /** True: a stream that was deleted had the key before this one. */
  hadPredecessor(key: string): boolean {
    return this.#state.streams.get(key)?.hadPredecessor ?? false;
  }

  /** What came of a request by its digest, if it is among the latest that created a stream. */
  creation(request: string): Creation | undefined {
    return this.#state.creations.of(request);
  }

  /** Undefined until `vba-admin setup` has run. */
  cluster(): ClusterSettings | undefined {
    return this.#state.cluster;
  }

  /** Who is in a ring, and what is staged. */
  ring(ring: Ring): RingState {
    return this.#state.rings.get(ring)?.ring ?? emptyRing;
  }

  /**
   * A key's audit trail, oldest first: its latest `registryLimits.historyMax` commands, also of a
   * stream that was deleted. Has secrets.
   */
  history(key: string): readonly HistoryEntry[] {
    return [...(this.#state.streams.get(key)?.history ?? [])];
  }

  /**
   * The latest `registryLimits.latestChangesMax` entries of all audit trails, oldest first: those
   * that a key's trail doesn't hold any more are among them.
   */
  latestChanges(): readonly ChangePlace[] {
    return [...this.#state.latestChanges];
  }

  /** Records of the log that couldn't be decoded, and were passed over. */
  get brokenRecords(): number {
    return this.#brokenRecords;
  }

  /** When a broker last answered the reading of the log. */
  get lastAnswerAtMs(): number {
    return this.#tail.lastAnswerAtMs();
  }

  /** The offset of the registry log that is to be read next. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** Of all that took effect up to `nextOffset`: who has read as far has the same, or differs. */
  get digest(): string {
    return this.#digest;
  }

  /** Calls the listener after each change that takes effect; returns what ends that. */
  onChange(listener: ChangeListener): () => void {
    return addListener(this.#changeListeners, listener);
  }

  /**
   * Calls the listener for each command that is read, whatever came of it; returns what ends that.
   */
  onCommand(listener: CommandListener): () => void {
    return addListener(this.#commandListeners, listener);
  }

  #read(record: LogRecord): void {
    // A tail that had to begin again brings what was folded already.
    if (record.offset < this.#nextOffset) return;
    this.#nextOffset = record.offset + 1;
    const decoded = codec().decode(record.value);
    if (!decoded.ok || decoded.record.type !== 'RegistryCommand') {
      this.#passOver(
        record,
        decoded.ok ? `a ${decoded.record.type}` : `${decoded.reason}: ${decoded.detail}`,
      );
      return;
    }
    const command = decoded.record.value;
    const place = { offset: record.offset, atMs: record.logAppendTimeMs };
    const folded = fold(this.#state, place, command);
    if (folded.kind === 'stream' && folded.outcome.ok) this.#streams = undefined;
    for (const listener of this.#commandListeners) {
      this.#tell(() => listener(command.id, folded));
    }
    if (!folded.outcome.ok || folded.isRepeat) return;
    this.#digest = digestAfter(this.#digest, folded.outcome);
    const change = changeOf(folded.outcome);
    for (const listener of this.#changeListeners) this.#tell(() => listener(change));
  }

  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#logger.error({ error: messageOf(error) }, 'a listener of the registry failed');
    }
  }

  #passOver(record: LogRecord, reason: string): void {
    this.#brokenRecords += 1;
    this.#limitedLog.log('broken', (heldBack) =>
      this.#logger.error(
        { topic: topics.registry, offset: record.offset, reason, heldBack },
        'a record of the registry is broken, passed over',
      ),
    );
  }
}

function addListener<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  if (listeners.size >= listenersMax) throw new Error('too many listeners of the registry');
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function digestAfter(digest: string, outcome: Accepted): string {
  return createHash('sha256').update(digest).update(JSON.stringify(outcome)).digest('base64url');
}

type Accepted = Extract<FoldOutcome['outcome'], { readonly ok: true }>;

function changeOf(outcome: Accepted): Parameters<ChangeListener>[0] {
  if ('stream' in outcome) return { kind: 'stream', stream: outcome.stream };
  if ('cluster' in outcome) return { kind: 'cluster', cluster: outcome.cluster };
  return { kind: 'ring', ring: outcome.ring, state: outcome.state };
}
