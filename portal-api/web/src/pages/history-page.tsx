import { fetchHistory } from '../api/streams.js';
import type { HistoryEntry } from '../api/shapes.js';
import { usePolled } from '../data/polled.js';
import { useAddress, usePage } from '../page-context.js';
import { Heading } from '../parts/heading.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { StreamTabs } from '../parts/stream-tabs.js';

const entriesMax = 50;
const everyMs = 15_000;

/** Who changed what of a stream, and when; what was refused too. */
export function HistoryPage(props: { readonly stream: string; readonly cursor: string }) {
  const address = useAddress();
  const { stream, cursor } = props;
  const { value, valueAtMs, failure } = usePolled(
    `history ${stream} ${cursor}`,
    (signal) => fetchHistory(stream, entriesMax, cursor === '' ? undefined : cursor, signal),
    everyMs,
  );
  const nextCursor = value?.nextCursor ?? null;
  return (
    <>
      <Heading title="History" small={stream} />
      <StreamTabs stream={stream} shown="history" />
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value === undefined && failure === undefined && <Skeleton kinds={['rows']} />}
      {value?.entries.length === 0 && <Notice kind="quiet" title="Nothing has been changed" />}
      <ol class="history">
        {value?.entries.map((entry, index) => (
          <Entry key={`${entry.atMs} ${index}`} entry={entry} />
        ))}
      </ol>
      <nav class="pages" aria-label="Pages of the history">
        {cursor !== '' && (
          <a href={address({ page: 'history', key: stream, cursor: '' })}>Newest</a>
        )}
        {nextCursor !== null && (
          <a href={address({ page: 'history', key: stream, cursor: nextCursor })}>Older</a>
        )}
      </nav>
    </>
  );
}

function Entry({ entry }: { readonly entry: HistoryEntry }) {
  const { zone } = usePage();
  const { atMs, actor, outcome, detail, changes } = entry;
  return (
    <li class="card">
      <p class="history-head">
        <time dateTime={new Date(atMs).toISOString()}>
          {zone.date(atMs)}, {zone.time(atMs, 1_000)}
        </time>
        <b>{actor}</b>
        <span class={`outcome outcome-${outcome === 'accepted' ? 'accepted' : 'refused'}`}>
          {outcome}
        </span>
        {detail !== '' && <span class="note">{detail}</span>}
      </p>
      {changes.length > 0 && (
        <dl class="changes">
          {changes.map(({ field, before, after }) => (
            <div key={field}>
              <dt>{field}</dt>
              <dd>
                <del>{textOf(before)}</del> <ins>{textOf(after)}</ins>
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
