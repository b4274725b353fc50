import { useEffect, useState } from 'preact/hooks';
import { addUser, changeUser, fetchUsers, removeUser } from '../api/accounts.js';
import type { Answer } from '../api/call.js';
import type { UserAnswer } from '../api/shapes.js';
import { usePolled } from '../data/polled.js';
import { useMay, usePage } from '../page-context.js';
import { AdminPage } from '../parts/admin-page.js';
import { Confirmed } from '../parts/confirmed.js';
import {
  FormTrouble,
  TextField,
  troubleOf,
  type FieldTrouble,
  type TextFieldProps,
} from '../parts/field.js';
import { groupsText } from '../parts/groups-text.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { submitting } from '../parts/submitting.js';
import { changedRights, followed, rightsForm } from './holder-draft.js';
import { HolderFields, NewHolderForm, type NewHolder } from './holder-form.js';

const everyMs = 15_000;
const passwordKind = { type: 'password', minLength: 12, maxLength: 256 } as const;

/** Who may sign in, and what each may do. */
export function UsersPage() {
  const isAdmin = useMay('admin');
  const { value, valueAtMs, failure, refresh } = usePolled(
    isAdmin ? 'users' : undefined,
    fetchUsers,
    everyMs,
  );
  return (
    <AdminPage shown="users" historyAtMs={valueAtMs}>
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value === undefined && failure === undefined && <Skeleton kinds={['rows']} />}
      {value?.users.length === 0 && (
        <Notice kind="quiet" title="No users yet">
          Until there is one, the portal's own token alone lets people in.
        </Notice>
      )}
      {value !== undefined && (
        <>
          <ul class="accounts" aria-label="Users">
            {value.users.map((user) => (
              <User key={user.name} user={user} onChanged={refresh} />
            ))}
          </ul>
          <NewUserForm onAdded={refresh} />
        </>
      )}
    </AdminPage>
  );
}

interface UserProps {
  readonly user: UserAnswer;
  readonly onChanged: () => void;
}

function User({ user, onChanged }: UserProps) {
  const { zone, session } = usePage();
  const { name, role, groups, passwordSetAtMs } = user;
  const isOwn = session.name === `user:${name}`;
  const remove = async (): Promise<string> => {
    const answer = await removeUser(name);
    onChanged();
    return answer.kind === 'ok' ? '' : troubleOf(answer).message;
  };
  return (
    <li class="card account">
      <p class="account-head">
        <b>{name}</b>
        <span class="outcome">{role}</span>
        <span class="note">
          {groupsText(groups)} · password set {zone.date(passwordSetAtMs)}
          {isOwn && ' · this is you'}
        </span>
      </p>
      <details>
        <summary aria-label={`Change ${name}`}>Change</summary>
        <ChangeForm user={user} isOwn={isOwn} onChanged={onChanged} />
        {!isOwn && (
          <Confirmed
            label="Remove"
            help={`${name} can't sign in any more, and all sessions of theirs end.`}
            word={name}
            act={remove}
          />
        )}
      </details>
    </li>
  );
}

function ChangeForm({ user, isOwn, onChanged }: UserProps & { readonly isOwn: boolean }) {
  const { name } = user;
  const [{ shown, draft }, setForm] = useState(() => rightsForm(user));
  const [password, setPassword] = useState('');
  const [trouble, setTrouble] = useState<FieldTrouble>();
  const [isSaved, setSaved] = useState(false);
  useEffect(() => setForm((form) => followed(form, user)), [user]);
  const save = async (): Promise<void> => {
    const rights = changedRights(draft, shown);
    const answer = await changeUser(name, password === '' ? rights : { ...rights, password });
    setSaved(answer.kind === 'ok');
    setTrouble(answer.kind === 'ok' ? undefined : troubleOf(answer));
    if (answer.kind !== 'ok') return;
    setForm(rightsForm(answer.value));
    setPassword('');
    onChanged();
  };
  return (
    <form onSubmit={submitting(save)}>
      <HolderFields
        id={`user-${name}`}
        draft={draft}
        change={(changed) => setForm({ shown, draft: changed })}
        trouble={trouble}
        isOwn={isOwn}
      />
      <PasswordField
        id={`user-${name}-password`}
        label="New password"
        help="Empty: it stays. Another one ends all sessions of the user."
        value={password}
        change={setPassword}
        trouble={trouble}
      />
      <FormTrouble trouble={trouble} fields={['groups', 'password']} />
      <p>
        <button type="submit">Save</button> <span role="status">{isSaved && 'Saved.'}</span>
      </p>
    </form>
  );
}

function NewUserForm({ onAdded }: { readonly onAdded: () => void }) {
  const [password, setPassword] = useState('');
  const [added, setAdded] = useState('');
  const create = async (holder: NewHolder): Promise<Answer<UserAnswer>> => {
    const answer = await addUser({ ...holder, password });
    if (answer.kind === 'ok') {
      setAdded(answer.value.name);
      setPassword('');
      onAdded();
    }
    return answer;
  };
  return (
    <NewHolderForm
      id="new-user"
      title="Add a user"
      nameHelp="1 to 64 letters, digits or . _ @ -; by it they sign in, and stand in histories."
      button="Add user"
      create={create}
      ownField="password"
      own={(trouble) => (
        <PasswordField
          id="new-user-password"
          label="Password"
          help="12 characters at least. Nobody can read it here again."
          value={password}
          change={setPassword}
          trouble={trouble}
          isRequired
        />
      )}
      status={<span role="status">{added !== '' && `Added ${added}.`}</span>}
    />
  );
}

function PasswordField(props: Omit<TextFieldProps, 'field' | 'kind'>) {
  return <TextField {...props} field="password" kind={passwordKind} />;
}
