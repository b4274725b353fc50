import { useEffect, useState } from 'preact/hooks';
import { fetchMetrics, fetchNow, pageLength } from '../api/figures.js';
import type { NowAnswer } from '../api/shapes.js';
import { exportAddress } from '../api/transfer.js';
import { pollEveryMs, useLive } from '../data/live.js';
import { usePolled, type Polled } from '../data/polled.js';
import { WhySentence } from '../figures/charts.js';
import { FiguresStateNotice, PartialNotice, WatchedOnlyNotice } from '../figures/figures-state.js';
import { KpiStrip } from '../figures/kpi-strip.js';
import { subjectKpis } from '../figures/subject-kpis.js';
import { count } from '../format.js';
import { useAddress, useMay, usePage } from '../page-context.js';
import { Heading } from '../parts/heading.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { figuresOf, type ListQuery, type Subject } from '../place.js';
import { portalClock } from '../time/portal-clock.js';
import { spanOf, usualRange } from '../time/range.js';
import { ListFilters } from './list-filters.js';
import { StreamTable } from './stream-table.js';

const aloneMs = 5_000;
/** As long as figures are missing that come within seconds. */
const unreadEveryMs = 1_000;

/** The first page: what is watched in all, how well, what is saved; then each stream. */
export function StreamsPage({ list }: { readonly list: ListQuery }) {
  const { session } = usePage();
  const address = useAddress();
  const mayCreate = useMay('editor');
  const subject = overallSubject(list, session.groups);
  const [heardOf, setHeardOf] = useState<readonly string[]>(noNames);
  const live = useLive(heardOf, session.groups === null);
  const everyMs = pollEveryMs(live, aloneMs);
  const now = usePolled(
    `now ${JSON.stringify(list)}`,
    (signal) => fetchNow(list, signal),
    everyMs,
    live.news,
  );
  // Who doesn't see the total hears of minutes by the first stream that they see.
  const firstKey = session.groups === null ? undefined : now.value?.streams[0]?.key;
  useEffect(() => {
    if (firstKey !== undefined) setHeardOf([firstKey]);
  }, [firstKey]);
  useEffect(() => {
    if ((now.value?.unread ?? 0) === 0) return undefined;
    const timer = setTimeout(now.refresh, unreadEveryMs);
    return () => clearTimeout(timer);
  }, [now.value, now.refresh]);
  return (
    <>
      <Heading title="Streams">
        {mayCreate && (
          <a class="button" href={address({ page: 'new' })}>
            New stream
          </a>
        )}
      </Heading>
      {subject !== undefined && <Overview subject={subject} everyMs={everyMs} news={live.news} />}
      <ListFilters list={list} />
      <FailureNotice failure={now.failure} shownFromMs={now.valueAtMs} />
      <Listed now={now} list={list} />
    </>
  );
}

const noNames: readonly string[] = [];

/** What is summed up above the list: the chosen group, all streams, or one's only group. */
function overallSubject(list: ListQuery, groups: readonly string[] | null): Subject | undefined {
  if (list.group !== '') return { kind: 'group', name: list.group };
  if (groups === null) return { kind: 'total' };
  const [only] = groups;
  return groups.length === 1 && only !== undefined ? { kind: 'group', name: only } : undefined;
}

function Overview(props: {
  readonly subject: Subject;
  readonly everyMs: number;
  readonly news: number;
}) {
  const { zone } = usePage();
  const address = useAddress();
  const { subject, everyMs, news } = props;
  const { value, failure } = usePolled(
    `overview ${JSON.stringify(subject)}`,
    (signal) => fetchMetrics(subject, spanOf(usualRange, portalClock.nowMs()), 'overview', signal),
    everyMs,
    news,
  );
  if (value === undefined) return failure === undefined ? <Skeleton kinds={['strip']} /> : null;
  const name = subject.kind === 'total' ? 'All streams' : `Group ${subject.name}`;
  return (
    <div class="overview">
      <FiguresStateNotice latest={value} />
      <PartialNotice range={value} />
      <WatchedOnlyNotice range={value} />
      <KpiStrip label={`${name}, last hour`} kpis={subjectKpis(value, value, zone)} />
      <div class="overview-foot">
        <WhySentence metrics={value} />
        <a href={address(figuresOf(subject))}>{name}: all figures</a>
      </div>
    </div>
  );
}

function Listed(props: { readonly now: Polled<NowAnswer>; readonly list: ListQuery }) {
  const { now, list } = props;
  const { value, failure } = now;
  if (value === undefined) return failure === undefined ? <Skeleton kinds={['rows']} /> : null;
  if (value.streams.length === 0) return <Empty list={list} />;
  return (
    <>
      {value.unread > 0 && (
        <Notice kind="quiet" title={`Figures of ${count(value.unread)} streams are being read`}>
          They come within seconds; the order follows them.
        </Notice>
      )}
      <StreamTable now={value} list={list} isOld={failure !== undefined} />
      <Pages now={value} list={list} />
    </>
  );
}

function Empty({ list }: { readonly list: ListQuery }) {
  const mayCreate = useMay('editor');
  if (list.search !== '' || list.group !== '' || list.tag !== '') {
    return (
      <Notice kind="quiet" title="No stream is like that">
        Search looks at keys and titles; groups and tags are exact.
      </Notice>
    );
  }
  if (list.isArchived) return <Notice kind="quiet" title="No stream is archived" />;
  return (
    <Notice kind="quiet" title="No streams yet">
      {mayCreate ? 'Create the first one; its viewers appear here.' : 'Nobody has created one.'}
    </Notice>
  );
}

function Pages({ now, list }: { readonly now: NowAnswer; readonly list: ListQuery }) {
  const address = useAddress();
  const { nextCursor } = now;
  const to = (cursor: string): string => address({ page: 'streams', list: { ...list, cursor } });
  return (
    <nav class="pages" aria-label="Pages of the list">
      <span>
        {count(now.streams.length)} of {count(now.count)} streams
        {now.count > pageLength && ', most by this order first'}
      </span>
      {list.cursor !== '' && <a href={to('')}>First page</a>}
      {nextCursor !== null && <a href={to(nextCursor)}>Next page</a>}
      <a href={exportAddress} download>
        Settings of all streams as JSON
      </a>
    </nav>
  );
}
