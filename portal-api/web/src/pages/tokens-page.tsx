import { useState } from 'preact/hooks';
import { fetchTokens, makeToken, revokeToken } from '../api/accounts.js';
import type { Answer } from '../api/call.js';
import type { MadeToken, TokenAnswer } from '../api/shapes.js';
import { useNowMs } from '../data/connection.js';
import { usePolled } from '../data/polled.js';
import { useMay, usePage } from '../page-context.js';
import { AdminPage } from '../parts/admin-page.js';
import { Confirmed } from '../parts/confirmed.js';
import { CopyButton } from '../parts/copy-button.js';
import { TextField, troubleOf } from '../parts/field.js';
import { groupsText } from '../parts/groups-text.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { NewHolderForm, type NewHolder } from './holder-form.js';
import { madeAfter } from './made-token.js';

const everyMs = 15_000;
const usualDays = '90';
const daysKind = { type: 'number', min: 1, max: 3_650 } as const;

/** What programs show in place of a password: made, told once, revoked. */
export function TokensPage() {
  const isAdmin = useMay('admin');
  const { value, valueAtMs, failure, refresh } = usePolled(
    isAdmin ? 'tokens' : undefined,
    fetchTokens,
    everyMs,
  );
  return (
    <AdminPage shown="tokens" historyAtMs={valueAtMs}>
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
  const [days, setDays] = useState(usualDays);
  const [made, setMade] = useState<MadeToken>();
  const create = async (holder: NewHolder): Promise<Answer<MadeToken>> => {
    const answer = await makeToken({ ...holder, days: Number(days) });
    setMade((before) => madeAfter(answer, before));
    if (answer.kind === 'ok') {
      setDays(usualDays);
      onMade();
    }
    return answer;
  };
  return (
    <NewHolderForm
      id="new-token"
      title="Make a token"
      nameHelp="What it is for, such as ci: histories name it."
      button="Make token"
      create={create}
      head={
        made !== undefined && (
          <Notice kind="good" title={`The token ${made.name}, shown this once`}>
            <code class="secret">{made.token}</code>{' '}
            <CopyButton text={made.token} what="the token" />
          </Notice>
        )
      }
      ownField="days"
      own={(trouble) => (
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
      )}
      foot={
        <p class="note">
          A program shows it with each call of <a href="/api/docs">the API</a>:{' '}
          <code>Authorization: Bearer …</code>
        </p>
      }
    />
  );
}
