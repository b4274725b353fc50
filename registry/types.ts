import type { MinuteTimes, Ring, TokenKey } from '../schemas/index.js';
import type { RingState } from './ring-rules.js';

/** The cluster's settings as `vba-admin setup` made them and the registry log holds them. */
export interface ClusterSettings extends MinuteTimes {
  readonly revision: number;
  /** Partitions of `announces` (P). */
  readonly partitions: number;
  /** Partitions of `rollup-partials` (Q). */
  readonly partialPartitions: number;
  readonly takeoverMs: number;
  readonly replicationFactor: number;
  readonly minInsyncReplicas: number;
  /** By which version of their schemas announces and partials are written. */
  readonly recordsVersion: number;
}

/** What single features take of a stream, by their names; those that nobody knows are kept. */
export type StreamOptions = Readonly<Record<string, unknown>>;

export interface StreamSettings {
  readonly key: string;
  readonly title: string;
  readonly origins: readonly string[];
  readonly tokenKeys: readonly TokenKey[];
  readonly renditions: readonly string[];
  readonly countPlainSockets: boolean;
  readonly isArchived: boolean;
  readonly options: StreamOptions;
}

/**
 * A stream as the registry holds it. `revision` starts at 1 and grows by one with each change; one
 * that is created anew after it was deleted goes on where that ended.
 */
export interface RegisteredStream extends StreamSettings {
  readonly revision: number;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly changedBy: string;
}

export type WriteOutcome =
  | { readonly ok: true; readonly stream: RegisteredStream }
  | {
      readonly ok: false;
      readonly reason: 'conflict' | 'exists' | 'not_found' | 'invalid';
      readonly detail: string;
    };

/** What came of a change of the cluster's settings. */
export type ClusterWriteOutcome =
  | { readonly ok: true; readonly cluster: ClusterSettings }
  | {
      readonly ok: false;
      readonly reason: 'conflict' | 'exists' | 'not_found' | 'invalid';
      readonly detail: string;
    };

/** What came of a change of who is in a ring. */
export type RingWriteOutcome =
  | { readonly ok: true; readonly ring: Ring; readonly state: RingState }
  | {
      readonly ok: false;
      readonly reason: 'conflict' | 'exists' | 'not_found' | 'invalid';
      readonly detail: string;
    };

/** One line of a stream's audit trail. */
export interface HistoryEntry {
  /** Of the command in the registry log. */
  readonly offset: number;
  readonly atMs: number;
  readonly actor: string;
  readonly expectedRevision: number;
  readonly outcome: 'accepted' | 'conflict' | 'exists' | 'invalid';
  /** Why it was refused, empty when it wasn't. */
  readonly detail: string;
  /** The stream as it was asked for: with its token keys, which are secrets. */
  readonly settings: StreamSettings;
}

/** Which line of which stream's audit trail. */
export interface ChangePlace extends Pick<HistoryEntry, 'offset' | 'actor'> {
  readonly key: string;
}
