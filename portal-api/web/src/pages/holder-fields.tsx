import type { Role } from '../api/shapes.js';
import { TextField, type FieldTrouble } from '../parts/field.js';

/** What a user or a token may do, as it is typed. */
export interface HolderDraft {
  readonly role: Role;
  /** By commas; empty: all streams. */
  readonly groups: string;
}

const roles: readonly { readonly role: Role; readonly text: string }[] = [
  { role: 'viewer', text: 'viewer: sees streams, figures' },
  { role: 'editor', text: 'editor: changes streams, too' },
  { role: 'admin', text: 'admin: everything' },
];

interface HolderFieldsProps {
  /** Before the fields' ids, which are once on a page. */
  readonly id: string;
  readonly draft: HolderDraft;
  readonly change: (draft: HolderDraft) => void;
  readonly trouble: FieldTrouble | undefined;
  /** True: nobody takes their own role away. */
  readonly isOwn?: boolean;
}

/** The role, and the groups whose streams are seen. */
export function HolderFields({ id, draft, change, trouble, isOwn = false }: HolderFieldsProps) {
  const { role, groups } = draft;
  return (
    <>
      <div class="field">
        <label for={`${id}-role`}>Role</label>
        <select
          id={`${id}-role`}
          value={role}
          disabled={isOwn}
          onChange={(event) => {
            const chosen = roles.find((one) => one.role === event.currentTarget.value);
            if (chosen !== undefined) change({ ...draft, role: chosen.role });
          }}
        >
          {roles.map((one) => (
            <option key={one.role} value={one.role}>
              {one.text}
            </option>
          ))}
        </select>
      </div>
      {role !== 'admin' && (
        <TextField
          id={`${id}-groups`}
          field="groups"
          label="Groups"
          help="By commas: whose streams are seen. Empty: all."
          value={groups}
          change={(text) => change({ ...draft, groups: text })}
          trouble={trouble}
        />
      )}
    </>
  );
}

/** The groups that were typed, as the API takes them. */
export function groupsTyped({ role, groups }: HolderDraft): string[] | null {
  const names = groups
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return role === 'admin' || names.length === 0 ? null : names;
}

export function groupsText(groups: readonly string[] | null): string {
  return groups === null ? 'all streams' : `groups ${groups.join(', ')}`;
}
