/**
 * Where reading begins again and the first minute that is exact from there
 * (docs/exactness.md#a-commit-says-where-to-begin). Stands in the commit's metadata, so that both
 * come from one answer.
 */
export interface CommitPoint {
  readonly offset: number;
  readonly exactFrom: number;
}

/** What an owner remembers with its commit besides. */
export interface CommitMetadata extends CommitPoint {
  /** Broken records below this offset are in the dead letters already. */
  readonly deadLettersBefore: number;
  /** Offsets, from its own on, of records that were set aside: every owner skips them. */
  readonly setAside: readonly number[];
}

const metadataVersion = 1;
/** A broker takes 4 096 bytes of metadata by default. */
const setAsideMax = 100;

export function encodeCommitMetadata(metadata: CommitMetadata): string {
  return JSON.stringify({
    v: metadataVersion,
    offset: metadata.offset,
    exactFrom: metadata.exactFrom,
    deadLettersBefore: metadata.deadLettersBefore,
    ...(metadata.setAside.length === 0
      ? {}
      : { setAside: metadata.setAside.slice(0, setAsideMax) }),
  });
}

/** The metadata, or undefined when it isn't ours. */
export function decodeCommitMetadata(text: string): CommitMetadata | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const offset = fields.get('offset');
  const exactFrom = fields.get('exactFrom');
  const deadLettersBefore = fields.get('deadLettersBefore');
  const setAside = fields.get('setAside') ?? [];
  if (fields.get('v') !== metadataVersion) return undefined;
  if (!Array.isArray(setAside) || !setAside.every(isCount)) return undefined;
  if (!isCount(offset) || !isCount(exactFrom) || !isCount(deadLettersBefore)) return undefined;
  return { offset, exactFrom, deadLettersBefore, setAside };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/**
 * What goes with each commit of ingest. kafkajs may commit by itself, without it
 * (kafka/DEFECTS.md#it-commits-2-by-itself), so a commit without it is none; the offset stands in
 * it too.
 */
const ingestShape = /^\{"v":1,"ingestedBefore":(\d{1,16})\}$/;

export function encodeIngestCommitMetadata(offset: number): string {
  return `{"v":1,"ingestedBefore":${offset}}`;
}

/** Whether a commit's metadata is ingest's own. */
export function isIngestCommitMetadata(metadata: string): boolean {
  return ingestShape.test(metadata);
}
