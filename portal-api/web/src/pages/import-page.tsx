import { useState } from 'preact/hooks';
import type { ImportResult } from '../api/shapes.js';
import { exportAddress, importStreams, secretExportAddress } from '../api/transfer.js';
import { count } from '../format.js';
import { useAddress } from '../page-context.js';
import { streamFigures } from '../place.js';
import { AdminPage } from '../parts/admin-page.js';
import { troubleOf } from '../parts/field.js';
import { Notice } from '../parts/notice.js';
import { Table } from '../parts/table.js';
import { readImportFile, withLine } from './import-file.js';

/** As the API takes it. */
const bytesMax = 32 * 1_048_576;
const rowsMax = 200;

type ReadFile = Extract<ReturnType<typeof readImportFile>, { kind: 'read' }>;

type State =
  | { readonly kind: 'empty' }
  | { readonly kind: 'busy'; readonly doing: string }
  | { readonly kind: 'wrong'; readonly title: string; readonly message: string }
  | {
      readonly kind: 'tried' | 'done';
      readonly file: ReadFile;
      readonly results: readonly ImportResult[];
    };

/** Streams as a file: out of here, or into here after a look at what that would change. */
export function ImportPage() {
  return (
    <AdminPage shown="import">
      <div class="settings">
        <Export />
        <Import />
      </div>
    </AdminPage>
  );
}

function Export() {
  return (
    <section class="card" aria-labelledby="export-title">
      <h2 id="export-title">Export</h2>
      <p class="note">
        All streams with their settings, archived ones too; no figures, no history.
      </p>
      <p class="inline export">
        <a class="button" href={exportAddress} download>
          Streams as JSON
        </a>
        <a href={secretExportAddress} download>
          With the secrets of token keys
        </a>
      </p>
    </section>
  );
}

function Import() {
  const [state, setState] = useState<State>({ kind: 'empty' });
  const send = async (file: ReadFile, isDry: boolean): Promise<void> => {
    setState({ kind: 'busy', doing: isDry ? 'Looking what it would change…' : 'Importing…' });
    const answer = await importStreams(file.document, isDry);
    if (answer.kind === 'ok') {
      const { results } = answer.value;
      setState({ kind: isDry ? 'tried' : 'done', file, results });
      return;
    }
    const { field, message } = troubleOf(answer);
    const title = isDry ? 'The file can’t be imported' : 'The import has no answer';
    setState({ kind: 'wrong', title, message: withLine(field, message, file.lines) });
  };
  const look = async (chosen: File): Promise<void> => {
    const title = `${chosen.name} can’t be imported`;
    if (chosen.size > bytesMax) {
      setState({ kind: 'wrong', title, message: 'It is larger than 32 MiB.' });
      return;
    }
    const file = readImportFile(await chosen.text());
    if (file.kind === 'wrong') setState({ kind: 'wrong', title, message: file.message });
    else await send(file, true);
  };
  return (
    <section class="card import" aria-labelledby="import-title">
      <h2 id="import-title">Import</h2>
      <p class="note">
        Of a stream that is here, what the file leaves out stays. Choosing a file changes nothing
        yet: you see first what would come of it.
      </p>
      <div class="field">
        <label for="import-file">File</label>
        <input
          id="import-file"
          type="file"
          accept="application/json,.json"
          disabled={state.kind === 'busy'}
          onChange={(event) => {
            const [chosen] = event.currentTarget.files ?? [];
            // The same file can be chosen again once it was mended.
            if (chosen !== undefined) void look(chosen);
            event.currentTarget.value = '';
          }}
        />
      </div>
      <Outcome state={state} run={(file) => void send(file, false)} />
    </section>
  );
}

function Outcome(props: { readonly state: State; readonly run: (file: ReadFile) => void }) {
  const { state, run } = props;
  switch (state.kind) {
    case 'empty':
      return null;
    case 'busy':
      return (
        <p class="waiting" role="status">
          {state.doing}
        </p>
      );
    case 'wrong':
      return (
        <Notice kind="error" title={state.title}>
          {state.message}
        </Notice>
      );
    case 'tried':
    case 'done': {
      const { file, results } = state;
      const writes = countOf(results, 'created') + countOf(results, 'changed');
      const isDone = state.kind === 'done';
      return (
        <>
          <Summary results={results} isDone={isDone} />
          {!isDone && writes > 0 && (
            <p>
              <button type="button" onClick={() => run(file)}>
                Import {count(writes)} {writes === 1 ? 'stream' : 'streams'}
              </button>
            </p>
          )}
          <Results results={results} lines={file.lines} isDone={isDone} />
        </>
      );
    }
  }
}

function countOf(results: readonly ImportResult[], outcome: string): number {
  return results.filter((result) => result.outcome === outcome).length;
}

const successes = ['created', 'changed', 'unchanged'] as const;

const isRefused = ({ outcome }: ImportResult): boolean =>
  !successes.some((success) => success === outcome);

function Summary(props: { readonly results: readonly ImportResult[]; readonly isDone: boolean }) {
  const { results, isDone } = props;
  const refused = results.filter(isRefused).length;
  const parts = successes.map((outcome) => `${count(countOf(results, outcome))} ${outcome}`);
  const title = isDone ? 'Imported' : 'Nothing is changed yet; it would be';
  return (
    <Notice kind={refused > 0 ? 'warning' : isDone ? 'good' : 'quiet'} title={title}>
      {[...parts, `${count(refused)} refused`].join(', ')}.
    </Notice>
  );
}

/** What needs a look: refusals first, then what is written. */
function Results(props: {
  readonly results: readonly ImportResult[];
  readonly lines: readonly number[];
  readonly isDone: boolean;
}) {
  const address = useAddress();
  const { results, lines, isDone } = props;
  const numbered = results.map((result, index) => ({ ...result, line: lines[index] }));
  const told = [
    ...numbered.filter(isRefused),
    ...numbered.filter((result) => !isRefused(result) && result.outcome !== 'unchanged'),
  ];
  if (told.length === 0) return null;
  return (
    <>
      <Table label="Streams of the file, table" heads={['Stream', 'Line', 'Outcome', 'Why']}>
        {told.slice(0, rowsMax).map(({ key, line, outcome, detail }, index) => (
          <tr key={`${key} ${index}`}>
            <th scope="row">
              {isDone && detail === '' ? <a href={address(streamFigures(key))}>{key}</a> : key}
            </th>
            <td>{line ?? '–'}</td>
            <td class={detail === '' ? '' : 'trouble'}>{outcome}</td>
            <td>{detail === '' ? '–' : detail}</td>
          </tr>
        ))}
      </Table>
      {told.length > rowsMax && <p class="note">and {count(told.length - rowsMax)} more</p>}
    </>
  );
}
