import type { StreamCounts } from './stream-counts.js';

export interface StreamQuotasMax {
  /** Streams in all, archived ones too. */
  readonly streamsMax: number;
  /** Streams of one group, archived ones too. */
  readonly groupStreamsMax: number;
}

/** What a change makes more. */
export interface Addition {
  readonly isNewStream: boolean;
  /** Groups that the stream comes into. */
  readonly groups: readonly string[];
}

/**
 * Keeps streams below their quotas, counting in what this process is writing; two processes that
 * write at the same moment may go beyond by what they write then.
 */
export class StreamQuotas {
  #newStreams = 0;
  readonly #newInGroup = new Map<string, number>();

  constructor(
    private readonly counts: StreamCounts,
    private readonly max: StreamQuotasMax,
  ) {}

  /** Names the quota that the addition would go beyond; undefined: it fits. */
  error({ isNewStream, groups }: Addition): string | undefined {
    const { streamsMax, groupStreamsMax } = this.max;
    if (isNewStream && this.counts.streams + this.#newStreams >= streamsMax) {
      return `there are ${streamsMax} streams already`;
    }
    const full = groups.find(
      (group) => this.counts.inGroup(group) + (this.#newInGroup.get(group) ?? 0) >= groupStreamsMax,
    );
    return full === undefined
      ? undefined
      : `options.groups: ${full} has ${groupStreamsMax} streams already`;
  }

  /** Counts in what is to be written, until what is returned is called. */
  reserve(addition: Addition): () => void {
    this.#count(addition, 1);
    return () => this.#count(addition, -1);
  }

  #count({ isNewStream, groups }: Addition, change: 1 | -1): void {
    if (isNewStream) this.#newStreams += change;
    for (const group of groups) {
      const count = (this.#newInGroup.get(group) ?? 0) + change;
      if (count === 0) this.#newInGroup.delete(group);
      else this.#newInGroup.set(group, count);
    }
  }
}
