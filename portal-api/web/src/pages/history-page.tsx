import { fetchHistory } from '../api/streams.js';
import { usePolled } from '../data/polled.js';
import { useAddress } from '../page-context.js';
import { Heading } from '../parts/heading.js';
import { entriesMax, historyEveryMs, HistoryList, HistoryPages } from '../parts/history-list.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { StreamTabs } from '../parts/stream-tabs.js';

/** Who changed what of a stream, and when; what was refused too. */
export function HistoryPage(props: { readonly stream: string; readonly cursor: string }) {
  const address = useAddress();
  const { stream, cursor } = props;
  const { value, valueAtMs, failure } = usePolled(
    `history ${stream} ${cursor}`,
    (signal) => fetchHistory(stream, entriesMax, cursor === '' ? undefined : cursor, signal),
    historyEveryMs,
  );
  return (
    <>
      <Heading title="History" small={stream} />
      <StreamTabs stream={stream} shown="history" />
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value === undefined && failure === undefined && <Skeleton kinds={['rows']} />}
      {value?.entries.length === 0 && <Notice kind="quiet" title="Nothing has been changed" />}
      <HistoryList entries={value?.entries ?? []} head={({ actor }) => <b>{actor}</b>} />
      <HistoryPages
        cursor={cursor}
        nextCursor={value?.nextCursor ?? null}
        at={(to) => address({ page: 'history', key: stream, cursor: to })}
      />
    </>
  );
}
