import type { ChangesAnswer } from '../api/shapes.js';
import { fetchChanges } from '../api/streams.js';
import { usePolled } from '../data/polled.js';
import { useAddress, usePage } from '../page-context.js';
import { Filters, GroupFilter, TypedFilter } from '../parts/filters.js';
import { Heading } from '../parts/heading.js';
import { entriesMax, historyEveryMs, HistoryList, HistoryPages } from '../parts/history-list.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { allChanges, type ChangesQuery } from '../place.js';

/** Who changed what of all streams, and when: the latest of it. */
export function ChangesPage({ changes }: { readonly changes: ChangesQuery }) {
  const { go } = usePage();
  const { value, valueAtMs, failure } = usePolled(
    `changes ${JSON.stringify(changes)}`,
    (signal) => fetchChanges(changes, entriesMax, signal),
    historyEveryMs,
  );
  const change = (part: Partial<ChangesQuery>): void =>
    go({ page: 'changes', changes: { ...changes, cursor: '', ...part } }, 'replace');
  return (
    <>
      <Heading title="History" />
      <Filters>
        <TypedFilter
          label="Changed by"
          isMain
          value={changes.actor}
          onTyped={(actor) => change({ actor })}
        />
        <GroupFilter value={changes.group} onChosen={(group) => change({ group })} />
      </Filters>
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value === undefined && failure === undefined && <Skeleton kinds={['rows']} />}
      {value !== undefined && <Listed answer={value} changes={changes} />}
    </>
  );
}

function Listed(props: { readonly answer: ChangesAnswer; readonly changes: ChangesQuery }) {
  const address = useAddress();
  const { answer, changes } = props;
  const { entries, nextCursor } = answer;
  if (entries.length === 0) return <Empty changes={changes} />;
  return (
    <>
      <HistoryList
        entries={entries}
        head={({ key, actor }) => (
          <>
            <a href={address({ page: 'history', key, cursor: '' })}>{key}</a>
            <a href={address({ page: 'changes', changes: { ...allChanges, actor } })}>{actor}</a>
          </>
        )}
      />
      <HistoryPages
        cursor={changes.cursor}
        nextCursor={nextCursor}
        at={(cursor) => address({ page: 'changes', changes: { ...changes, cursor } })}
      >
        {nextCursor === null && (
          <span>Of all streams the latest 1,000 changes are held, of one its latest 100.</span>
        )}
      </HistoryPages>
    </>
  );
}

function Empty({ changes: { group, actor } }: { readonly changes: ChangesQuery }) {
  if (group === '' && actor === '') {
    return <Notice kind="quiet" title="Nothing has been changed" />;
  }
  return (
    <Notice kind="quiet" title="No change is like that">
      Who changed something is asked for by their whole name, such as user:ann or token:ci.
    </Notice>
  );
}
