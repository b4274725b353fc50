import type { ChangeRing, PutStream, RegistryCommand, Ring, SetCluster } from '../schemas/index.js';
import {
  clusterChangeError,
  clusterChoiceOf,
  clusterError,
  clusterSettingsOf,
} from './cluster-rules.js';
import { Creations } from './creations.js';
import { isDeleted } from './deleted-streams.js';
import { emptyRing, nextRing, type RingState } from './ring-rules.js';
import { optionsOfText } from './stream-options.js';
import { loggedStreamError } from './stream-rules.js';
import type {
  ChangePlace,
  ClusterSettings,
  ClusterWriteOutcome,
  HistoryEntry,
  RegisteredStream,
  RingWriteOutcome,
  StreamSettings,
  WriteOutcome,
} from './types.js';

export const registryLimits = {
  /** Archived ones included, and the keys of deleted ones: what every tracker holds in memory. */
  streamsMax: 100_000,
  /** Latest entries of a stream's audit trail that are held; the log has all. */
  historyMax: 100,
  /** Latest changes of all streams together that can be told. */
  latestChangesMax: 1_000,
  actorLengthMax: 200,
} as const;

interface StreamEntry {
  stream: RegisteredStream;
  /**
   * Of the command that made this revision: a copy of it, from a repeated send, changes nothing.
   */
  commandId: string;
  /** True: a stream that was deleted had the key before. */
  readonly hadPredecessor: boolean;
  readonly history: HistoryEntry[];
}

interface RingEntry {
  readonly ring: RingState;
  /** As of a stream. */
  readonly commandId: string;
}

/** What the registry log says, up to some offset. Only `fold` changes it. */
export interface RegistryState {
  /** In the order of their creation; deleted ones too, whose revisions go on. */
  readonly streams: Map<string, StreamEntry>;
  /** Where in the streams' trails the latest of their entries are, oldest first. */
  readonly latestChanges: ChangePlace[];
  readonly creations: Creations;
  readonly rings: Map<Ring, RingEntry>;
  cluster: ClusterSettings | undefined;
  clusterCommandId: string;
}

/** Where a command stands in the log. */
export interface CommandPlace {
  readonly offset: number;
  readonly atMs: number;
}

/** What a command came to. `isRepeat`: a copy of one that took effect already; nothing changed. */
export type FoldOutcome =
  | { readonly kind: 'stream'; readonly outcome: WriteOutcome; readonly isRepeat: boolean }
  | { readonly kind: 'cluster'; readonly outcome: ClusterWriteOutcome; readonly isRepeat: boolean }
  | { readonly kind: 'ring'; readonly outcome: RingWriteOutcome; readonly isRepeat: boolean };

type Refusal = Extract<WriteOutcome, { ok: false }>;

export function emptyRegistryState(): RegistryState {
  return {
    streams: new Map(),
    latestChanges: [],
    creations: new Creations(),
    rings: new Map(),
    cluster: undefined,
    clusterCommandId: '',
  };
}

/**
 * Applies the next command of the log. A function of the state and the log alone: every reader
 * accepts and refuses the same commands for the same reasons.
 */
export function fold(
  state: RegistryState,
  place: CommandPlace,
  command: RegistryCommand,
): FoldOutcome {
  const { command: asked } = command;
  if ('viblast.PutStream' in asked) {
    return foldStream(state, place, command, asked['viblast.PutStream']);
  }
  return 'viblast.ChangeRing' in asked
    ? foldRing(state, command, asked['viblast.ChangeRing'])
    : foldCluster(state, command, asked['viblast.SetCluster']);
}

/** Where the expected revision stands to the present one (undefined: there is nothing yet). */
function revisionRefusal(
  what: string,
  expected: number,
  present: number | undefined,
): Refusal | undefined {
  if (!Number.isSafeInteger(expected) || expected < 0) {
    return { ok: false, reason: 'invalid', detail: 'expectedRevision: a whole number, 0 or above' };
  }
  if (expected === (present ?? 0)) return undefined;
  if (present === undefined) {
    return { ok: false, reason: 'not_found', detail: `${what} does not exist` };
  }
  return expected === 0
    ? { ok: false, reason: 'exists', detail: `${what} exists already` }
    : {
        ok: false,
        reason: 'conflict',
        detail: `${what} is at revision ${present}, not ${expected}`,
      };
}

function foldStream(
  state: RegistryState,
  place: CommandPlace,
  { id, actor }: RegistryCommand,
  { expectedRevision, options: optionsText, ...others }: PutStream,
): FoldOutcome {
  const options = optionsOfText(optionsText);
  const settings: StreamSettings = { ...others, options: options ?? {} };
  const entry = state.streams.get(settings.key);
  const made = entry?.commandId === id ? entry.stream : state.creations.madeBy(id);
  if (made !== undefined) {
    return { kind: 'stream', outcome: { ok: true, stream: made }, isRepeat: true };
  }
  const refusal =
    (options === undefined ? invalid('options: not a JSON object') : undefined) ??
    invalidStream(state, actor, settings) ??
    revisionRefusal(`stream ${settings.key}`, expectedRevision, entry?.stream.revision);
  const line = { ...place, actor, expectedRevision, settings };
  if (refusal !== undefined) {
    if (entry !== undefined && refusal.reason !== 'not_found') {
      remember(state, entry.history, { ...line, outcome: refusal.reason, detail: refusal.detail });
    }
    return { kind: 'stream', outcome: refusal, isRepeat: false };
  }
  const present = entry === undefined || isDeleted(entry.stream) ? undefined : entry.stream;
  const stream: RegisteredStream = {
    ...settings,
    revision: expectedRevision + 1,
    createdAtMs: present?.createdAtMs ?? place.atMs,
    changedAtMs: place.atMs,
    changedBy: actor,
  };
  const history = entry?.history ?? [];
  const hadPredecessor = entry !== undefined && (present === undefined || entry.hadPredecessor);
  remember(state, history, { ...line, outcome: 'accepted', detail: '' });
  if (present === undefined) {
    state.streams.delete(settings.key);
    state.creations.add(id, stream);
  }
  state.streams.set(settings.key, { stream, commandId: id, hadPredecessor, history });
  return { kind: 'stream', outcome: { ok: true, stream }, isRepeat: false };
}

/** The rules that a stream's command must satisfy, whatever revision it expects. */
function invalidStream(
  state: RegistryState,
  actor: string,
  settings: StreamSettings,
): Refusal | undefined {
  const { streamsMax, actorLengthMax } = registryLimits;
  const isTooMany = state.streams.size >= streamsMax && !state.streams.has(settings.key);
  const detail =
    loggedStreamError(settings) ??
    (actor.length > actorLengthMax
      ? `actor: longer than ${actorLengthMax} characters`
      : undefined) ??
    (isTooMany ? `key: the registry holds ${streamsMax} keys already` : undefined);
  return detail === undefined ? undefined : { ok: false, reason: 'invalid', detail };
}

function remember(
  { latestChanges }: RegistryState,
  history: HistoryEntry[],
  entry: HistoryEntry,
): void {
  const last = history.at(-1);
  if (entry.outcome === 'exists' && last?.outcome === 'exists') {
    // Tries to take a key that somebody has: any number of them push nothing else out.
    history.pop();
    const place = latestChanges.findLastIndex(({ offset }) => offset === last.offset);
    if (place !== -1) latestChanges.splice(place, 1);
  }
  history.push(entry);
  if (history.length > registryLimits.historyMax) history.shift();
  const { offset, actor, settings } = entry;
  latestChanges.push({ offset, actor, key: settings.key });
  if (latestChanges.length > registryLimits.latestChangesMax) latestChanges.shift();
}

function foldCluster(
  state: RegistryState,
  { id }: RegistryCommand,
  { expectedRevision, ...choice }: SetCluster,
): FoldOutcome {
  const present = state.cluster;
  if (present !== undefined && state.clusterCommandId === id) {
    return { kind: 'cluster', outcome: { ok: true, cluster: present }, isRepeat: true };
  }
  const broken = clusterError(choice);
  const refusal =
    (broken === undefined ? undefined : invalid(broken)) ??
    revisionRefusal('the cluster', expectedRevision, present?.revision);
  if (refusal !== undefined) return { kind: 'cluster', outcome: refusal, isRepeat: false };
  const unchangeable =
    present === undefined ? undefined : clusterChangeError(clusterChoiceOf(present), choice);
  if (unchangeable !== undefined) {
    return { kind: 'cluster', outcome: invalid(unchangeable), isRepeat: false };
  }
  state.cluster = clusterSettingsOf(choice, expectedRevision + 1);
  state.clusterCommandId = id;
  return { kind: 'cluster', outcome: { ok: true, cluster: state.cluster }, isRepeat: false };
}

function invalid(detail: string): Refusal {
  return { ok: false, reason: 'invalid', detail };
}

function foldRing(
  state: RegistryState,
  { id }: RegistryCommand,
  { expectedRevision, ring, ...change }: ChangeRing,
): FoldOutcome {
  const entry = state.rings.get(ring);
  if (entry?.commandId === id) {
    return { kind: 'ring', outcome: { ok: true, ring, state: entry.ring }, isRepeat: true };
  }
  const present = entry?.ring ?? emptyRing;
  const refused = (outcome: Refusal): FoldOutcome => ({ kind: 'ring', outcome, isRepeat: false });
  const conflict = revisionRefusal(`the ring ${ring}`, expectedRevision, entry?.ring.revision);
  if (conflict !== undefined) return refused(conflict);
  const next = nextRing(present, change);
  if (typeof next === 'string') return refused(invalid(next));
  state.rings.set(ring, { ring: next, commandId: id });
  return { kind: 'ring', outcome: { ok: true, ring, state: next }, isRepeat: false };
}
