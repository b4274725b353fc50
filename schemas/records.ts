import type { Reported } from './announce-fields.js';
import type { Browser, CdnReason, Failure, PlayerState, Role } from './announce-words.js';
import type { Counters } from './counter-table.js';

/**
 * The values on the topics, as TypeScript sees them. Their meaning and units stand in
 * `avro/*.avsc`.
 */

/** A value of a facet that sessions of a batch have. */
export interface FacetValue {
  readonly facet: string;
  readonly value: string;
}

export interface Announce extends Reported {
  readonly stream: string;
  /** 16 bytes. */
  readonly session: Buffer;
  readonly number: number;
  readonly time: number;
  readonly quality: string;
  readonly browser: Browser;
  readonly state: PlayerState;
  readonly role: Role;
  readonly failure: Failure;
  readonly cdnReason: CdnReason;
  /** 16 bytes. */
  readonly viewer: Buffer | null;
  /** Places in the batch's `facetValues`. */
  readonly facets: readonly number[];
}

/** An announce before it stands in a batch. */
export interface ToldAnnounce extends Omit<Announce, 'facets'> {
  /** Each of another facet; the same value is the same object. */
  readonly facets: readonly FacetValue[];
}

export interface AnnounceBatch {
  readonly tracker: string;
  readonly written: number;
  /** Absent: none. */
  readonly facetValues?: readonly FacetValue[];
  readonly announces: readonly Announce[];
}

export interface Mark {
  readonly owner: string;
  readonly written: number;
}

/**
 * What a cell counts: a counter's place and what is counted there, in turn, places rising. Where
 * nothing is counted, nothing stands: of all that can be counted most cells have little.
 */
export type Counts = readonly number[];

export interface Cell {
  readonly quality: string;
  readonly browser: Browser;
  readonly counts: Counts;
}

/** A cell whose counters stand by their names, as rows have them and judges make them. */
export interface PlainCell extends Counters {
  readonly quality: string;
  readonly browser: Browser;
}

/** The same announces as in the stream's cells, as far as they have this value of the facet. */
export interface FacetCell extends FacetValue {
  readonly counts: Counts;
}

export interface StreamCells {
  readonly stream: string;
  readonly cells: readonly Cell[];
  /** Absent: none. */
  readonly facets?: readonly FacetCell[];
}

export interface PartialBatch {
  readonly inputPartition: number;
  readonly minute: number;
  readonly version: number;
  readonly streams: readonly StreamCells[];
}

export interface Progress {
  readonly inputPartition: number;
  readonly closedBefore: number;
  readonly finalBefore: number;
}

export interface Member {
  readonly name: string;
  readonly role: string;
  readonly instance: string;
  readonly address: string;
  readonly version: string;
  readonly settingsFingerprint: string;
  readonly load: number;
  readonly state: string;
  readonly written: number;
  readonly owned: readonly string[];
  readonly viewers: number;
  readonly ringRevision: number;
  readonly groups: readonly string[];
}

export interface TokenKey {
  readonly kid: string;
  readonly secret: string;
}

export interface PutStream {
  readonly key: string;
  readonly expectedRevision: number;
  readonly title: string;
  readonly origins: readonly string[];
  readonly tokenKeys: readonly TokenKey[];
  readonly renditions: readonly string[];
  readonly countPlainSockets: boolean;
  readonly isArchived: boolean;
  /** JSON text of one object; empty: none. */
  readonly options: string;
}

export interface SetCluster {
  readonly expectedRevision: number;
  readonly partitions: number;
  readonly partialPartitions: number;
  readonly intervalSeconds: number;
  readonly lateSeconds: number;
  readonly graceSeconds: number;
  readonly takeoverSeconds: number;
  readonly replicationFactor: number;
  readonly minInsyncReplicas: number;
  /** By which version of their schemas announces and partials are written. */
  readonly recordsVersion: number;
}

/** Trackers are one ring, rollups and ingests the other. */
export const rings = ['vbt', 'vba'] as const;
export type Ring = (typeof rings)[number];

export interface ChangeRing {
  readonly expectedRevision: number;
  readonly ring: Ring;
  readonly change: 'join' | 'leave' | 'replace' | 'clear' | 'commit';
  /** Empty for `clear` and `commit`. */
  readonly node: string;
  /** Of `replace`, otherwise empty. */
  readonly replacement: string;
}

export interface RegistryCommand {
  readonly id: string;
  readonly written: number;
  readonly actor: string;
  readonly command:
    | { readonly 'viblast.PutStream': PutStream }
    | { readonly 'viblast.SetCluster': SetCluster }
    | { readonly 'viblast.ChangeRing': ChangeRing };
}

export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly logAppendTime: number;
  readonly reason: string;
  readonly detail: string;
  readonly node: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** A peer as another tracker tells of it. */
export interface SampledPeer {
  readonly peer: string;
  readonly segment: number;
  readonly quality: string;
  readonly network: string;
}

export interface SwarmSample {
  readonly swarm: string;
  readonly size: number;
  readonly asks: boolean;
  readonly peers: readonly SampledPeer[];
}

export interface SwarmSamples {
  readonly tracker: string;
  readonly instance: string;
  readonly written: number;
  readonly isLeaving: boolean;
  readonly samples: readonly SwarmSample[];
}

export interface NeighbourMessage {
  readonly fromInstance: string;
  readonly toInstance: string;
  readonly dialect: string;
  readonly swarm: string;
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly payload: string;
}

/** Every record type by its Avro name. */
export interface RecordTypes {
  AnnounceBatch: AnnounceBatch;
  Mark: Mark;
  PartialBatch: PartialBatch;
  Progress: Progress;
  Member: Member;
  RegistryCommand: RegistryCommand;
  DeadLetter: DeadLetter;
  SwarmSamples: SwarmSamples;
  NeighbourMessage: NeighbourMessage;
}

export type RecordName = keyof RecordTypes;

/** A decoded record with the name of its type. */
export type AnyRecord = {
  [Name in RecordName]: { readonly type: Name; readonly value: RecordTypes[Name] };
}[RecordName];
