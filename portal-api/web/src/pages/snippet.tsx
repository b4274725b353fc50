import { useState } from 'preact/hooks';
import { changeStream, fetchSnippet, fetchStream } from '../api/streams.js';
import type { StreamAnswer } from '../api/shapes.js';
import { usePolled } from '../data/polled.js';
import { useMay } from '../page-context.js';
import { CopyButton } from '../parts/copy-button.js';
import { FailureNotice, Notice } from '../parts/notice.js';

interface SnippetProps {
  readonly stream: StreamAnswer;
  readonly onChanged: () => void;
}

/** What a publisher pastes into a page to play the stream with peers. */
export function Snippet({ stream: { key, countPlainSockets }, onChanged }: SnippetProps) {
  const [manifest, setManifest] = useState('');
  const { value, valueAtMs, failure } = usePolled(
    `snippet ${key} ${manifest}`,
    (signal) => fetchSnippet(key, manifest, signal),
    undefined,
  );
  return (
    <section class="card" aria-labelledby="snippet-title">
      <div class="card-head">
        <h2 id="snippet-title">Embed</h2>
        {value !== undefined && <CopyButton text={value.html} what="the snippet" />}
      </div>
      <p class="note">
        Works as pasted into a page: hls.js with p2p-media-loader, which doesn't tell what it
        fetches, nor how well it plays.
      </p>
      {!countPlainSockets && <NotCounted stream={key} onChanged={onChanged} />}
      <div class="row">
        <label>
          Address of the HLS manifest
          <input
            type="url"
            placeholder="https://"
            onChange={(event) => {
              if (event.currentTarget.checkValidity()) setManifest(event.currentTarget.value);
            }}
          />
        </label>
      </div>
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value !== undefined && (
        <pre tabIndex={0} aria-label="Snippet">
          <code>{value.html}</code>
        </pre>
      )}
    </section>
  );
}

/** Says why the snippet's viewers would never appear, with the way out. */
function NotCounted(props: { readonly stream: string; readonly onChanged: () => void }) {
  const { stream, onChanged } = props;
  const mayChange = useMay('editor');
  const [trouble, setTrouble] = useState('');
  const count = async (): Promise<void> => {
    setTrouble(await countPlainSockets(stream));
    onChanged();
  };
  return (
    <Notice kind="warning" title="Viewers of this snippet aren't counted">
      Its player reports nothing by itself, and the stream counts only players that do.{' '}
      {mayChange ? (
        <button type="button" onClick={() => void count()}>
          Count them
        </button>
      ) : (
        'An editor can change that in the settings.'
      )}
      {trouble !== '' && <span class="trouble">{trouble}</span>}
    </Notice>
  );
}

/** Changes the stream as it is now. Tells what was wrong, or nothing. */
async function countPlainSockets(stream: string): Promise<string> {
  const now = await fetchStream(stream);
  if (now.kind !== 'ok') return 'The portal does not answer.';
  const answer = await changeStream(stream, now.entityTag, { countPlainSockets: true });
  if (answer.kind === 'ok') return '';
  return answer.kind === 'problem' ? `${answer.message}.` : 'The portal does not answer.';
}
