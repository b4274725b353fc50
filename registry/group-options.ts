import type { StreamOptions } from './types.js';

/** Which groups a stream is of (a channel, a customer), and its tags. */

export const groupOptionsLimits = { groupsMax: 10, tagsMax: 20 } as const;

const nameShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** For people: which texts can be the name of a group or a tag. */
export const groupNameRule = '1 to 64 letters, digits or . _ -, the first a letter or a digit';

/** True: the text can be the name of a group or a tag. */
export function isGroupName(value: unknown): value is string {
  return typeof value === 'string' && nameShape.test(value);
}

/** Names the first of these options that breaks a rule, and the rule. */
export function groupOptionsError({ groups, tags }: StreamOptions): string | undefined {
  const { groupsMax, tagsMax } = groupOptionsLimits;
  return (
    namesError('options.groups', groups, groupsMax) ?? namesError('options.tags', tags, tagsMax)
  );
}

function namesError(at: string, names: unknown, most: number): string | undefined {
  if (names === undefined) return undefined;
  if (!Array.isArray(names)) return `${at}: not a list of names`;
  if (names.length > most) return `${at}: more than ${most}`;
  if (!names.every(isGroupName)) return `${at}: each is ${groupNameRule}`;
  return new Set(names).size < names.length ? `${at}: a name stands there twice` : undefined;
}

/** The groups that a stream is of; what isn't as it should be isn't there. */
export function groupsOf({ groups }: StreamOptions): readonly string[] {
  return Array.isArray(groups) ? groups.filter(isGroupName) : [];
}

/** A stream's tags; what isn't as it should be isn't there. */
export function tagsOf({ tags }: StreamOptions): readonly string[] {
  return Array.isArray(tags) ? tags.filter(isGroupName) : [];
}
