import { randomUUID } from 'node:crypto';
import type { LogProducer } from '../kafka/index.js';
import { codec, topics, type ChangeRing, type RegistryCommand } from '../schemas/index.js';
import { AppError, messageOf } from '../service/errors.js';
import { clusterError, type ClusterChoice } from './cluster-rules.js';
import { deletedStream } from './deleted-streams.js';
import { registryLimits, type FoldOutcome } from './fold.js';
import type { Registry } from './registry.js';
import { Sealing } from './sealing.js';
import { textOfOptions } from './stream-options.js';
import { loggedStreamError, streamError } from './stream-rules.js';
import type {
  ClusterWriteOutcome,
  RingWriteOutcome,
  StreamSettings,
  WriteOutcome,
} from './types.js';

/** Writes that wait for their record to come back. */
const pendingMax = 1_000;

export interface RegistryWriterOptions {
  /** How long a write may take till its record came back. Default 10 000. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
  readonly newId?: () => string;
  /** Seals the secrets of what is written. Default: they stand there as they are. */
  readonly sealing?: Sealing;
}

interface PendingWrite {
  readonly settle: (outcome: FoldOutcome) => void;
}

/**
 * Appends commands to the registry log, and answers with what they came to once the registry has
 * read them back: by then every reader decides the same.
 */
export class RegistryWriter {
  readonly #pending = new Map<string, PendingWrite>();
  readonly #timeoutMs: number;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #sealing: Sealing;
  readonly #stopListening: () => void;

  constructor(
    private readonly registry: Registry,
    private readonly producer: LogProducer,
    options: RegistryWriterOptions = {},
  ) {
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#now = options.now ?? Date.now;
    this.#newId = options.newId ?? randomUUID;
    this.#sealing = options.sealing ?? new Sealing();
    this.#stopListening = registry.onCommand((id, outcome) =>
      this.#pending.get(id)?.settle(outcome),
    );
  }

  /**
   * Creates a stream (`expectedRevision` 0) or changes the revision that the caller saw. Rejects
   * with a retryable AppError (`registry_unavailable`, `registry_busy`) when no answer came: the
   * change may have taken effect all the same, so look before writing again. With a `commandId` it
   * may be written again: it takes effect once, and the answer is the same.
   */
  async putStream(
    settings: StreamSettings,
    expectedRevision: number,
    actor: string,
    commandId = this.#newId(),
  ): Promise<WriteOutcome> {
    const broken =
      streamError(settings) ??
      (actor.length > registryLimits.actorLengthMax ? 'actor: too long' : undefined);
    if (broken !== undefined) return invalid(broken);
    const { key } = settings;
    const tokenKeys = settings.tokenKeys.map((tokenKey) => this.#sealing.sealed(key, tokenKey));
    const sealed = { ...settings, tokenKeys };
    if (loggedStreamError(sealed) !== undefined) {
      return invalid('tokenKeys: a secret is too long to be sealed');
    }
    return expectedRevision === 0
      ? await this.#create(sealed, actor, commandId)
      : await this.#put(sealed, expectedRevision, actor, commandId);
  }

  /**
   * Deletes the revision of an archived stream that the caller saw; its key can be taken anew.
   * Rejects as `putStream` does.
   */
  async deleteStream(key: string, expectedRevision: number, actor: string): Promise<WriteOutcome> {
    const present = this.registry.stream(key);
    if (present === undefined) {
      return { ok: false, reason: 'not_found', detail: `stream ${key} does not exist` };
    }
    const { revision, isArchived } = present;
    if (revision !== expectedRevision) {
      const detail = `stream ${key} is at revision ${revision}, not ${expectedRevision}`;
      return { ok: false, reason: 'conflict', detail };
    }
    if (!isArchived) return invalid('isArchived: only an archived stream can be deleted');
    return await this.#put(deletedStream(key), expectedRevision, actor, this.#newId());
  }

  async #create(settings: StreamSettings, actor: string, commandId: string): Promise<WriteOutcome> {
    const { key } = settings;
    const expected = this.registry.revisionToCreate(key);
    const outcome = await this.#put(settings, expected, actor, commandId);
    if (outcome.ok || outcome.reason === 'invalid') return outcome;
    // It may have been deleted where this process had not read it yet; now it has.
    const now = this.registry.revisionToCreate(key);
    if (now > expected) return await this.#put(settings, now, actor, commandId);
    return { ok: false, reason: 'exists', detail: `stream ${key} exists already` };
  }

  async #put(
    { options, ...settings }: StreamSettings,
    expectedRevision: number,
    actor: string,
    commandId: string,
  ): Promise<WriteOutcome> {
    const { key, title, origins, tokenKeys, renditions, countPlainSockets, isArchived } = settings;
    const folded = await this.#write(
      actor,
      {
        'viblast.PutStream': {
          key,
          expectedRevision,
          title,
          origins,
          tokenKeys,
          renditions,
          countPlainSockets,
          isArchived,
          options: textOfOptions(options),
        },
      },
      commandId,
    );
    if (folded.kind !== 'stream') throw new Error('a stream command folded as something else');
    return folded.outcome;
  }

  /**
   * Makes (`expectedRevision` 0) or changes the cluster's settings. Rejects as `putStream` does.
   */
  async setCluster(
    choice: ClusterChoice,
    expectedRevision: number,
    actor: string,
  ): Promise<ClusterWriteOutcome> {
    const broken = clusterError(choice);
    if (broken !== undefined) return invalid(broken);
    const folded = await this.#write(actor, {
      'viblast.SetCluster': { ...choice, expectedRevision },
    });
    if (folded.kind !== 'cluster') throw new Error('a cluster command folded as something else');
    return folded.outcome;
  }

  /** Stages or settles a change of a ring. Rejects as `putStream` does. */
  async changeRing(change: ChangeRing, actor: string): Promise<RingWriteOutcome> {
    const folded = await this.#write(actor, { 'viblast.ChangeRing': change });
    if (folded.kind !== 'ring') throw new Error('a command of a ring folded as something else');
    return folded.outcome;
  }

  /** Ends listening; the registry and the producer remain their owner's. */
  close(): void {
    this.#stopListening();
  }

  async #write(
    actor: string,
    command: RegistryCommand['command'],
    id = this.#newId(),
  ): Promise<FoldOutcome> {
    if (this.#pending.size >= pendingMax) {
      throw new AppError('registry_busy', 'too many writes to the registry are under way', {
        retryable: true,
      });
    }
    const record = { id, written: this.#now(), actor, command };
    const value = codec().encode('RegistryCommand', record, versionFor(command));
    try {
      return await this.#answer(id, value);
    } finally {
      this.#pending.delete(id);
    }
  }

  #answer(id: string, value: Buffer): Promise<FoldOutcome> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(unavailable(`no answer within ${this.#timeoutMs} ms`)),
        this.#timeoutMs,
      );
      const settle = (outcome: FoldOutcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      this.#pending.set(id, { settle });
      this.producer.append(topics.registry, 0, [{ value }]).catch((error: unknown) => {
        clearTimeout(timer);
        reject(unavailable(messageOf(error), error));
      });
    });
  }
}

/** The oldest version that has it, so that readers which know no newer one take it. */
function versionFor(command: RegistryCommand['command']): number {
  if ('viblast.ChangeRing' in command) return 3;
  if ('viblast.SetCluster' in command) {
    return command['viblast.SetCluster'].recordsVersion > 1 ? 4 : 1;
  }
  return command['viblast.PutStream'].options === '' ? 1 : 2;
}

function invalid(detail: string) {
  return { ok: false, reason: 'invalid', detail } as const;
}

function unavailable(reason: string, cause?: unknown): AppError {
  return new AppError('registry_unavailable', `the registry did not answer: ${reason}`, {
    retryable: true,
    cause,
  });
}
