import type { ComponentChildren } from 'preact';
import type { HistoryEntry } from '../api/shapes.js';
import { usePage } from '../page-context.js';

/** As many entries as a page of a history has. */
export const entriesMax = 50;
export const historyEveryMs = 15_000;

/** What a line tells; what can't be refused has no outcome. */
type Told = Pick<HistoryEntry, 'atMs' | 'changes'> &
  Partial<Pick<HistoryEntry, 'outcome' | 'detail'>>;

/** Changes, the newest first; `head` says whose each is, and of what. */
export function HistoryList<Entry extends Told>(props: {
  readonly entries: readonly Entry[];
  readonly head: (entry: Entry) => ComponentChildren;
}) {
  const { entries, head } = props;
  return (
    <ol class="history">
      {entries.map((entry, index) => (
        <Line key={`${entry.atMs} ${index}`} entry={entry} head={head(entry)} />
      ))}
    </ol>
  );
}

/** Where the newest entries are, and those behind the shown ones. */
export function HistoryPages(props: {
  readonly cursor: string;
  readonly nextCursor: string | null;
  /** The address of the page that a cursor begins. */
  readonly at: (cursor: string) => string;
  readonly children?: ComponentChildren;
}) {
  const { cursor, nextCursor, at, children } = props;
  return (
    <nav class="pages" aria-label="Pages of the history">
      {children}
      {cursor !== '' && <a href={at('')}>Newest</a>}
      {nextCursor !== null && <a href={at(nextCursor)}>Older</a>}
    </nav>
  );
}

function Line(props: { readonly entry: Told; readonly head: ComponentChildren }) {
  const { zone } = usePage();
  const { atMs, outcome, detail = '', changes } = props.entry;
  return (
    <li class="card">
      <p class="history-head">
        <time dateTime={new Date(atMs).toISOString()}>
          {zone.date(atMs)}, {zone.time(atMs, 1_000)}
        </time>
        {props.head}
        {outcome !== undefined && (
          <span class={`outcome outcome-${outcome === 'accepted' ? 'accepted' : 'refused'}`}>
            {outcome}
          </span>
        )}
        {detail !== '' && <span class="note">{detail}</span>}
      </p>
      {changes.length > 0 && (
        <dl class="changes">
          {changes.map(({ field, before, after }) => (
            <div key={field}>
              <dt>{field}</dt>
              <dd>
                <del>
                  <bdi>{textOf(before)}</bdi>
                </del>{' '}
                <ins>
                  <bdi>{textOf(after)}</bdi>
                </ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

/** Lists by commas, and the parts of an option with their names. */
function textOf(value: unknown): string {
  const text = wordsOf(value);
  return text === '' ? '(nothing)' : text;
}

function wordsOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(wordsOf).join(', ');
  if (typeof value !== 'object') return JSON.stringify(value);
  return Object.entries<unknown>({ ...value })
    .map(([name, part]) => `${name}: ${wordsOf(part)}`)
    .join('; ');
}
