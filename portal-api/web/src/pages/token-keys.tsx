import { useRef, useState } from 'preact/hooks';
import { changeStream, fetchStream } from '../api/streams.js';
import type { StreamAnswer } from '../api/shapes.js';
import { useMay } from '../page-context.js';
import { Confirmed } from '../parts/confirmed.js';
import { CopyButton } from '../parts/copy-button.js';
import { Notice } from '../parts/notice.js';
import { submitting } from '../parts/submitting.js';
import { keysWithout, removalHelp, type Kid } from './token-key-list.js';

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
  const heading = useRef<HTMLHeadingElement>(null);
  const change = async (keys: ChangeOfKeys): Promise<string> => {
    const message = await changeKeys(stream.key, keys);
    onChanged();
    return message;
  };
  const add = async (): Promise<void> => {
    const key = { kid: kid.trim(), secret: newSecret() };
    const message = await change((keys) => [...keys, key]);
    setTrouble(message);
    if (message !== '') return;
    setMade(key);
    setKid('');
  };
  const remove: RemoveKey = async (name, isLast) => {
    const message = await change((keys) => keysWithout(keys, name, isLast));
    // What was focused goes with the key.
    if (message === '') heading.current?.focus();
    return message;
  };
  return (
    <section class="card" aria-labelledby="keys-title">
      <h2 id="keys-title" ref={heading} tabIndex={-1}>
        Keys of join tokens
      </h2>
      <p class="note">
        {stream.tokenKeys.length === 0
          ? 'None: viewers need no token.'
          : 'Viewers need a token (JWT, HS256) that one of these has signed.'}
      </p>
      <KeyNames kids={stream.tokenKeys.map((key) => key.kid)} remove={remove} />
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

/** Removes a key; `isLast` is what was said of it. Tells what was wrong, or nothing. */
type RemoveKey = (kid: string, isLast: boolean) => Promise<string>;

function KeyNames(props: { readonly kids: readonly string[]; readonly remove: RemoveKey }) {
  const mayChange = useMay('editor');
  const { kids, remove } = props;
  const isLast = kids.length === 1;
  return (
    <ul class="keys">
      {kids.map((kid) => (
        <li key={kid}>
          <code>{kid}</code>
          {mayChange && (
            <details>
              <summary aria-label={`Remove key ${kid}`}>Remove</summary>
              <Confirmed
                label="Remove key"
                help={removalHelp(isLast)}
                word={kid}
                act={() => remove(kid, isLast)}
              />
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

function MadeSecret({ kid, secret }: { readonly kid: string; readonly secret: string }) {
  return (
    <Notice kind="good" title={`The secret of ${kid}, shown this once`}>
      <code class="secret">{secret}</code> <CopyButton text={secret} what="the secret" />
      <br />
      It is base64url: decode it, and sign with the {secretBytes} bytes, not with this text.
    </Notice>
  );
}

/** What becomes of the keys; undefined: the last one would go, though others were shown. */
type ChangeOfKeys = (keys: readonly Kid[]) => readonly Kid[] | undefined;

/** Changes what is there now, not what was read a while ago. Tells what was wrong, or nothing. */
async function changeKeys(stream: string, change: ChangeOfKeys): Promise<string> {
  const now = await fetchStream(stream);
  if (now.kind !== 'ok') return 'The portal does not answer.';
  const tokenKeys = change(now.value.tokenKeys);
  if (tokenKeys === undefined) return 'Somebody removed the other keys: it is the last one now.';
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
