import { useState } from 'preact/hooks';
import { signIn } from './api.js';

/** Asks for the token once; what stays is a cookie that no script can read. */
export function SignIn({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const [token, setToken] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  const submit = async (): Promise<void> => {
    setBusy(true);
    const answer = await signIn(token.trim());
    setBusy(false);
    if (answer.kind === 'ok') onSignedIn();
    else if (answer.kind === 'problem') setTrouble(`${answer.message}.`);
    else setTrouble('The portal does not answer.');
  };
  return (
    <main class="sign-in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1>Viblast portal</h1>
        <label for="token">Portal token</label>
        <input
          id="token"
          type="password"
          autocomplete="current-password"
          required
          value={token}
          aria-describedby="token-help"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <p id="token-help" class="note">
          The setting <code>portal_token</code> of this portal.
        </p>
        {trouble !== '' && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        <button type="submit" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}

/**
 * Takes the token out of a link such as `/#token=…` (a fragment is never sent, so it stands in no
 * log) and exchanges it for a session. Resolves when that's done, or there was none.
 */
export async function signInByLink(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  await signIn(token);
}
