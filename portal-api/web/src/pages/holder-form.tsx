import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Answer } from '../api/call.js';
import type { Role } from '../api/shapes.js';
import { FormTrouble, TextField, troubleOf, type FieldTrouble } from '../parts/field.js';
import { submitting } from '../parts/submitting.js';
import { newHolder, rightsOf, type HolderDraft } from './holder-draft.js';

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

/** The role, and whether all streams are seen or those of which groups. */
export function HolderFields({ id, draft, change, trouble, isOwn = false }: HolderFieldsProps) {
  const { role, seesAll, groups } = draft;
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
        <div class="field">
          <label for={`${id}-streams`}>Streams</label>
          <select
            id={`${id}-streams`}
            value={seesAll ? 'all' : 'groups'}
            onChange={(event) => change({ ...draft, seesAll: event.currentTarget.value === 'all' })}
          >
            <option value="all">all streams</option>
            <option value="groups">those of groups</option>
          </select>
        </div>
      )}
      {role !== 'admin' && !seesAll && (
        <TextField
          id={`${id}-groups`}
          field="groups"
          label="Groups"
          help="By commas: whose streams are seen. Empty: no stream."
          value={groups}
          change={(text) => change({ ...draft, groups: text })}
          trouble={trouble}
        />
      )}
    </>
  );
}

/** What users and tokens have alike. */
export interface NewHolder {
  readonly name: string;
  readonly role: Role;
  readonly groups: string[] | null;
}

interface NewHolderFormProps {
  /** Before the fields' ids, which are once on a page. */
  readonly id: string;
  readonly title: string;
  readonly nameHelp: string;
  readonly button: string;
  /** The field that it has besides, as the API names it, and what it looks like. */
  readonly ownField: string;
  readonly own: (trouble: FieldTrouble | undefined) => ComponentChildren;
  readonly create: (holder: NewHolder) => Promise<Answer<unknown>>;
  /** Below the title, beside the button, and at the end. */
  readonly head?: ComponentChildren;
  readonly status?: ComponentChildren;
  readonly foot?: ComponentChildren;
}

/** Makes a user or a token, and is empty again when that is made. */
export function NewHolderForm(props: NewHolderFormProps) {
  const { id, title, nameHelp, button, ownField, own, create, head, status, foot } = props;
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(newHolder);
  const [trouble, setTrouble] = useState<FieldTrouble>();
  const make = async (): Promise<void> => {
    const answer = await create({ name: name.trim(), ...rightsOf(draft) });
    setTrouble(answer.kind === 'ok' ? undefined : troubleOf(answer));
    if (answer.kind !== 'ok') return;
    setName('');
    setDraft(newHolder);
  };
  return (
    <form class="card account-form" aria-labelledby={`${id}-title`} onSubmit={submitting(make)}>
      <h2 id={`${id}-title`}>{title}</h2>
      {head}
      <TextField
        id={`${id}-name`}
        field="name"
        label="Name"
        help={nameHelp}
        value={name}
        change={setName}
        trouble={trouble}
        isRequired
      />
      <HolderFields id={id} draft={draft} change={setDraft} trouble={trouble} />
      {own(trouble)}
      <FormTrouble trouble={trouble} fields={['name', 'groups', ownField]} />
      <p>
        <button type="submit">{button}</button> {status}
      </p>
      {foot}
    </form>
  );
}
