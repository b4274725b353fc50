import { useState } from 'preact/hooks';
import { fetchSnippet } from '../api/streams.js';
import { usePolled } from '../data/polled.js';
import { CopyButton } from '../parts/copy-button.js';
import { FailureNotice } from '../parts/notice.js';

/** What a publisher pastes into a page to play the stream with peers. */
export function Snippet({ stream }: { readonly stream: string }) {
  const [manifest, setManifest] = useState('');
  const { value, valueAtMs, failure } = usePolled(
    `snippet ${stream} ${manifest}`,
    (signal) => fetchSnippet(stream, manifest, signal),
    undefined,
  );
  return (
    <section class="card" aria-labelledby="snippet-title">
      <div class="card-head">
        <h2 id="snippet-title">Embed</h2>
        {value !== undefined && <CopyButton text={value.html} what="the snippet" />}
      </div>
      <p class="note">Works as pasted into a page: hls.js with p2p-media-loader.</p>
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
