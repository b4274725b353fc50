import { useState } from 'preact/hooks';
import { fetchTokens, makeToken, revokeToken } from '../api/accounts.js';
import type { MadeToken, TokenAnswer } from '../api/shapes.js';
import { useNowMs } from '../data/connection.js';
import { usePolled } from '../data/polled.js';
import { useMay, usePage } from '../page-context.js';
import { AdminPage } from '../parts/admin-page.js';
import { Confirmed } from '../parts/confirmed.js';
import { CopyButton } from '../parts/copy-button.js';
import { FormTrouble, TextField, troubleOf, type FieldTrouble } from '../parts/field.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { groupsText, groupsTyped, HolderFields, type HolderDraft } from './holder-fields.js';

const everyMs = 15_000;
const usualDays = '90';
const daysKind = { type: 'number', min: 1, max: 3_650 } as const;
const noToken: HolderDraft = { role: 'viewer', groups: '' };

/** What programs show in place of a password: made, told once, revoked. */
export function TokensPage() {
  const isAdmin = useMay('admin');
  const { value, valueAtMs, failure, refresh } = usePolled(
    isAdmin ? 'tokens' : undefined,
    fetchTokens,
    everyMs,
  );
  return (
    <AdminPage shown="tokens">
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value === undefined && failure === undefined && <Skeleton kinds={['rows']} />}
      {value?.tokens.length === 0 && (
        <Notice kind="quiet" title="No API tokens yet">
          Make one for each program, so that each can be ended by itself.
        </Notice>
      )}
      {value !== undefined && (
        <>
          <ul class="accounts" aria-label="API tokens">
            {value.tokens.map((token) => (
              <Token key={token.name} token={token} onRevoked={refresh} />
            ))}
          </ul>
          <NewTokenForm onMade={refresh} />
        </>
      )}
    </AdminPage>
  );
}

function Token(props: { readonly token: TokenAnswer; readonly onRevoked: () => void }) {
  const { zone } = usePage();
  const nowMs = useNowMs(everyMs);
  const { name, role, groups, createdAtMs, expiresAtMs } = props.token;
  const hasEnded = expiresAtMs <= nowMs;
  const revoke = async (): Promise<string> => {
    const answer = await revokeToken(name);
    props.onRevoked();
    return answer.kind === 'ok' ? '' : troubleOf(answer).message;
  };
  return (
    <li class="card account">
      <p class="account-head">
        <b>{name}</b>
        <span class="outcome">{role}</span>
        {hasEnded && <span class="outcome outcome-refused">ended</span>}
        <span class="note">
          {groupsText(groups)} · made {zone.date(createdAtMs)} · {hasEnded ? 'ended' : 'ends'}{' '}
          {zone.date(expiresAtMs)}
        </span>
      </p>
      <details>
        <summary aria-label={`Revoke ${name}`}>Revoke</summary>
        <Confirmed
          label="Revoke"
          help="What shows it is refused at once, and for good."
          word={name}
          act={revoke}
        />
      </details>
    </li>
  );
}

function NewTokenForm({ onMade }: { readonly onMade: () => void }) {
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(noToken);
  const [days, setDays] = useState(usualDays);
  const [trouble, setTrouble] = useState<FieldTrouble>();
  const [made, setMade] = useState<MadeToken>();
  const make = async (): Promise<void> => {
    const wanted = { name: name.trim(), role: draft.role, groups: groupsTyped(draft) };
    const answer = await makeToken({ ...wanted, days: Number(days) });
    setTrouble(answer.kind === 'ok' ? undefined : troubleOf(answer));
    setMade(answer.kind === 'ok' ? answer.value : undefined);
    if (answer.kind !== 'ok') return;
    setName('');
    setDraft(noToken);
    setDays(usualDays);
    onMade();
  };
  return (
    <form
      class="card account-form"
      aria-labelledby="new-token-title"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <h2 id="new-token-title">Make a token</h2>
      {made !== undefined && (
        <Notice kind="good" title={`The token ${made.name}, shown this once`}>
          <code class="secret">{made.token}</code> <CopyButton text={made.token} what="the token" />
        </Notice>
      )}
      <TextField
        id="new-token-name"
        field="name"
        label="Name"
        help="What it is for, such as ci: histories name it."
        value={name}
        change={setName}
        trouble={trouble}
        isRequired
      />
      <HolderFields id="new-token" draft={draft} change={setDraft} trouble={trouble} />
      <TextField
        id="new-token-days"
        field="days"
        label="Days"
        help="After which it ends by itself: 1 to 3650."
        kind={daysKind}
        value={days}
        change={setDays}
        trouble={trouble}
        isRequired
      />
      <FormTrouble trouble={trouble} fields={['name', 'groups', 'days']} />
      <p>
        <button type="submit">Make token</button>
      </p>
      <p class="note">
        A program shows it with each call of <a href="/api/docs">the API</a>:{' '}
        <code>Authorization: Bearer …</code>
      </p>
    </form>
  );
}
