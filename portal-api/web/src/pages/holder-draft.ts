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

/** A form of a user's rights: what was shown of them, and what somebody made of it. */
export interface RightsForm {
  readonly shown: HolderDraft;
  readonly draft: HolderDraft;
}

export function rightsForm(rights: Rights): RightsForm {
  const shown = holderDraft(rights);
  return { shown, draft: shown };
}

/** The form over what the rights are by now: what nobody touched follows, what was typed stays. */
export function followed({ shown, draft }: RightsForm, rights: Rights): RightsForm {
  const now = holderDraft(rights);
  const keepsStreams = draft.seesAll !== shown.seesAll || draft.groups !== shown.groups;
  const { seesAll, groups } = keepsStreams ? draft : now;
  const role = draft.role === shown.role ? now.role : draft.role;
  return { shown: now, draft: { role, seesAll, groups } };
}
