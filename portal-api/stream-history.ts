import { isDeepStrictEqual } from 'node:util';
import {
  emptyStream,
  isDeleted,
  type HistoryEntry,
  type StreamSettings,
} from '../registry/index.js';
import type { TokenKey } from '../schemas/index.js';

/** What somebody changed, or wanted to; null stands for what wasn't there. */
export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A command as people read it: without secrets. */
export interface ToldEntry extends Omit<HistoryEntry, 'settings'> {
  readonly changes: FieldChange[];
}

/** Says what a token key's secret is as its issuer has it; undefined: nobody knows. */
export type SecretOf = (stream: string, tokenKey: TokenKey) => string | undefined;

/**
 * A key's trail as people read it, oldest first. The first entry of one that was cut off is left
 * out, since what it changed isn't known any more. `isBegun`: it isn't cut off, but the first entry
 * is told as if it had created the stream.
 */
export function toldHistory(
  history: readonly HistoryEntry[],
  secretOf: SecretOf,
  isBegun = false,
): ToldEntry[] {
  /** By the revision that it was. */
  const known = new Map<number, StreamSettings>();
  return history.flatMap((entry) => {
    const { settings, expectedRevision, outcome, ...others } = entry;
    const present = known.get(expectedRevision);
    const isFirst = outcome === 'accepted' && known.size === 0;
    const isCutOff = isFirst && !isBegun && expectedRevision > 0;
    const isCreation = expectedRevision === 0 || (isFirst && isBegun);
    const before = isCreation ? emptyStream(settings.key) : present;
    if (outcome === 'accepted') known.set(expectedRevision + 1, settings);
    if (isCutOff) return [];
    const changes = before === undefined ? [] : changesOf(before, settings, secretOf);
    return [{ ...others, outcome, expectedRevision, changes }];
  });
}

/**
 * The part of a trail in which the stream was always seen: since it was created last, and since it
 * came to be seen. `isBegun`: that is why it doesn't go back further.
 */
export function seenPart(
  history: readonly HistoryEntry[],
  isSeen: (settings: StreamSettings) => boolean,
): { readonly part: readonly HistoryEntry[]; readonly isBegun: boolean } {
  const isAccepted = ({ outcome }: HistoryEntry): boolean => outcome === 'accepted';
  const hidden = history.findLastIndex(
    (entry) => isAccepted(entry) && (isDeleted(entry.settings) || !isSeen(entry.settings)),
  );
  const first = history.findIndex((entry, at) => at > hidden && isAccepted(entry));
  return { part: first === -1 ? [] : history.slice(first), isBegun: hidden !== -1 };
}

function changesOf(before: StreamSettings, after: StreamSettings, of: SecretOf): FieldChange[] {
  const wasDeleted = isDeleted(before);
  if (isDeleted(after)) return [{ field: 'isDeleted', before: wasDeleted, after: true }];
  const present = wasDeleted ? emptyStream(after.key) : before;
  const fields = ['title', 'origins', 'renditions', 'countPlainSockets', 'isArchived'] as const;
  return [
    ...changesOfFields('', fields, present, after),
    ...tokenKeyChanges(present, after, of),
    ...changesOfFields(
      'options.',
      [...new Set([...Object.keys(present.options), ...Object.keys(after.options)])],
      present.options,
      after.options,
    ),
  ];
}

function changesOfFields<Field extends string>(
  prefix: string,
  fields: readonly Field[],
  before: Readonly<Partial<Record<Field, unknown>>>,
  after: Readonly<Partial<Record<Field, unknown>>>,
): FieldChange[] {
  // Fields of options are as people name them, `toString` among them.
  const own = (all: typeof before, field: Field): unknown =>
    Object.hasOwn(all, field) ? all[field] : undefined;
  return fields
    .map((field) => ({
      field: `${prefix}${field}`,
      before: own(before, field) ?? null,
      after: own(after, field) ?? null,
    }))
    .filter((change) => !isDeepStrictEqual(change.before, change.after));
}

/** Which kids there are, and of which of them the secret is another one. */
function tokenKeyChanges(
  { key, tokenKeys: present }: StreamSettings,
  { tokenKeys: wanted }: StreamSettings,
  secretOf: SecretOf,
): FieldChange[] {
  const kids = changesOfFields(
    '',
    ['tokenKeys'],
    { tokenKeys: present.map(({ kid }) => kid) },
    { tokenKeys: wanted.map(({ kid }) => kid) },
  );
  const secrets = wanted.flatMap((after) => {
    const before = present.find(({ kid }) => kid === after.kid);
    if (before === undefined || before.secret === after.secret) return [];
    const secret = secretOf(key, before);
    const isSame = secret !== undefined && secret === secretOf(key, after);
    const field = `tokenKeys.${after.kid}.secret`;
    return isSame ? [] : [{ field, before: 'a secret', after: 'another secret' }];
  });
  return [...kids, ...secrets];
}
