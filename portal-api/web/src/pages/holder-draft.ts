import type { Role, UserAnswer, UserChange } from '../api/shapes.js';

/** What a user or a token may do, as it is typed. */
export interface HolderDraft {
  readonly role: Role;
  /** True: all streams are seen, whatever groups were typed; an admin sees them always. */
  readonly seesAll: boolean;
  /** By commas; empty: no stream. */
  readonly groups: string;
}

export const newHolder: HolderDraft = { role: 'viewer', seesAll: true, groups: '' };

type Rights = Pick<UserAnswer, 'role' | 'groups'>;

export function holderDraft({ role, groups }: Rights): HolderDraft {
  return { role, seesAll: groups === null, groups: groups?.join(', ') ?? '' };
}

/** The role and the groups that were typed, as the API takes them. */
export function rightsOf({ role, seesAll, groups }: HolderDraft): Rights {
  if (role === 'admin' || seesAll) return { role, groups: null };
  const names = groups.split(',').map((name) => name.trim());
  return { role, groups: names.filter((name) => name !== '') };
}

/** The change that makes what was `shown` what the draft says: what differs alone. */
export function changedRights(draft: HolderDraft, shown: HolderDraft): UserChange {
  const [{ role, groups }, before] = [rightsOf(draft), rightsOf(shown)];
  return {
    ...(role === before.role ? {} : { role }),
    ...(JSON.stringify(groups) === JSON.stringify(before.groups) ? {} : { groups }),
  };
}
