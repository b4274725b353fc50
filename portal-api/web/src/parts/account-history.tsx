import { useState } from 'preact/hooks';
import { accountHistoryMax, fetchAccountHistory } from '../api/accounts.js';
import { usePolled } from '../data/polled.js';
import { useMay } from '../page-context.js';
import { entriesMax, HistoryList } from './history-list.js';
import { FailureNotice } from './notice.js';

/** Who changed which user or token, and when; asked for anew with other `news`. */
export function AccountHistory({ news }: { readonly news: number }) {
  const isAdmin = useMay('admin');
  const [limit, setLimit] = useState(entriesMax);
  const { value, valueAtMs, failure } = usePolled(
    isAdmin ? `account history ${limit}` : undefined,
    (signal) => fetchAccountHistory(limit, signal),
    undefined,
    news,
  );
  if (value?.entries.length === 0) return null;
  return (
    <section>
      <h2>History of users and tokens</h2>
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      <HistoryList
        entries={value?.entries ?? []}
        head={({ kind, name, action, actor }) => (
          <>
            <b>
              {kind} {name}
            </b>
            <span class="outcome">{action}</span>
            <span class="note">by {actor}</span>
          </>
        )}
      />
      {value?.entries.length === limit && limit < accountHistoryMax && (
        <nav class="pages" aria-label="Pages of the history">
          <button type="button" onClick={() => setLimit(accountHistoryMax)}>
            Older
          </button>
        </nav>
      )}
    </section>
  );
}
