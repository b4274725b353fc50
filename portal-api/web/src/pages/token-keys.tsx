import { useState } from 'preact/hooks';
import { changeStream, fetchStream } from '../api/streams.js';
import type { StreamAnswer } from '../api/shapes.js';
import { useMay } from '../page-context.js';
import { CopyButton } from '../parts/copy-button.js';
import { Notice } from '../parts/notice.js';
import { submitting } from '../parts/submitting.js';

const secretBytes = 32;

interface TokenKeysProps {
  readonly stream: StreamAnswer;
  readonly onChanged: () => void;
}

/** Keys of join tokens: their names, and a new one's secret once. */
export function TokenKeys({ stream, onChanged }: TokenKeysProps) {
  const mayChange = useMay('editor');
  const [kid, setKid] = useState('');
  const [made, setMade] = useState<{ readonly kid: string; readonly secret: string }>();
  const [trouble, setTrouble] = useState('');
  const change = async (keys: (kids: readonly Kid[]) => readonly Kid[]): Promise<boolean> => {
    const message = await changeKeys(stream.key, keys);
    setTrouble(message);
    onChanged();
    return message === '';
  };
  const add = async (): Promise<void> => {
    const key = { kid: kid.trim(), secret: newSecret() };
    if (!(await change((kids) => [...kids, key]))) return;
    setMade(key);
    setKid('');
  };
  return (
    <section class="card" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys of join tokens</h2>
      <p class="note">
        {stream.tokenKeys.length === 0
          ? 'None: viewers need no token.'
          : 'Viewers need a token (JWT, HS256) that one of these has signed.'}
      </p>
      <KeyNames
        kids={stream.tokenKeys.map((key) => key.kid)}
        remove={(name) => void change((kids) => kids.filter((one) => one.kid !== name))}
      />
      {made !== undefined && <MadeSecret kid={made.kid} secret={made.secret} />}
      {trouble !== '' && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
      {mayChange && (
        <form class="row" onSubmit={submitting(add)}>
          <label>
            Name of a new key (kid)
            <input
              required
              maxLength={64}
              value={kid}
              onInput={(event) => setKid(event.currentTarget.value)}
            />
          </label>
          <button type="submit">Add key</button>
        </form>
      )}
    </section>
  );
}

function KeyNames(props: {
  readonly kids: readonly string[];
  readonly remove: (kid: string) => void;
}) {
  const mayChange = useMay('editor');
  return (
    <ul class="keys">
      {props.kids.map((kid) => (
        <li key={kid}>
          <code>{kid}</code>
          {mayChange && (
            <button
              type="button"
              class="quiet"
              aria-label={`Remove key ${kid}`}
              onClick={() => props.remove(kid)}
            >
              Remove
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

interface Kid {
  readonly kid: string;
  /** Left out: it keeps the one that it has. */
  readonly secret?: string;
}

function MadeSecret({ kid, secret }: { readonly kid: string; readonly secret: string }) {
  return (
    <Notice kind="good" title={`The secret of ${kid}, shown this once`}>
      <code class="secret">{secret}</code> <CopyButton text={secret} what="the secret" />
    </Notice>
  );
}

/** Changes what is there now, not what was read a while ago. Tells what was wrong, or nothing. */
async function changeKeys(
  stream: string,
  change: (kids: readonly Kid[]) => readonly Kid[],
): Promise<string> {
  const now = await fetchStream(stream);
  if (now.kind !== 'ok') return 'The portal does not answer.';
  const tokenKeys = change(now.value.tokenKeys);
  const answer = await changeStream(stream, now.entityTag, { tokenKeys });
  if (answer.kind === 'ok') return '';
  if (answer.kind !== 'problem') return 'The portal does not answer.';
  return answer.code === 'conflict'
    ? 'Somebody changed this stream at the same time: try again.'
    : `${answer.message}.`;
}

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretBytes));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
