import { useState } from 'preact/hooks';
import { signIn, type Credentials } from '../api/session.js';
import type { SessionAnswer } from '../api/shapes.js';
import { textOf } from '../parts/form-text.js';

interface SignInProps {
  /** True: there was a session, which has ended. */
  readonly hasEnded: boolean;
  /** Why a link let nobody in; empty: there was none. */
  readonly linkTrouble: string;
  readonly onSignedIn: (session: SessionAnswer) => void;
}

/** Asks who comes; what stays is a cookie that no script can read. The address stays as it is. */
export function SignInPage({ hasEnded, linkTrouble, onSignedIn }: SignInProps) {
  const [isByToken, setByToken] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState(linkTrouble === '' ? '' : `${linkTrouble}.`);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    const answer = await signIn(credentialsOf(new FormData(form), isByToken));
    setBusy(false);
    if (answer.kind === 'ok') onSignedIn(answer.value);
    else if (answer.kind === 'problem') setTrouble(`${answer.message}.`);
    else setTrouble('The portal does not answer.');
  };
  return (
    <main class="sign-in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <h1>
          <img src="/icon.svg" alt="" width="28" height="28" /> Viblast portal
        </h1>
        {hasEnded && (
          <p role="status" class="note">
            Your session has ended. Sign in to go on where you were.
          </p>
        )}
        {isByToken ? <TokenField /> : <UserFields />}
        {trouble !== '' && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        <button type="submit" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
        <button
          type="button"
          class="link"
          onClick={() => {
            setByToken(!isByToken);
            setTrouble('');
          }}
        >
          {isByToken ? 'Sign in by user and password' : 'Sign in by token'}
        </button>
      </form>
    </main>
  );
}

function UserFields() {
  return (
    <>
      <label for="user">User</label>
      <input id="user" name="user" autocomplete="username" autocapitalize="none" required />
      <label for="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        required
      />
    </>
  );
}

function TokenField() {
  return (
    <>
      <label for="token">Token</label>
      <input id="token" name="token" type="password" autocomplete="off" required />
      <p class="note">An API token, or the portal's own (its setting portal_token).</p>
    </>
  );
}

function credentialsOf(fields: FormData, isByToken: boolean): Credentials {
  const text = (name: string): string => textOf(fields, name);
  return isByToken
    ? { token: text('token').trim() }
    : { user: text('user').trim(), password: text('password') };
}
