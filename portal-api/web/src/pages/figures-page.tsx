import { useMemo } from 'preact/hooks';
import { csvAddress, type Span } from '../api/figures.js';
import { fetchHistory, fetchStream } from '../api/streams.js';
import type { HistoryEntry, MetricsAnswer, PeakAnswer, StreamAnswer } from '../api/shapes.js';
import type { ChartTimes, Mark } from '../charts/series.js';
import { lastKnownIndex } from '../charts/stacking.js';
import { pollEveryMs, useLive } from '../data/live.js';
import { useMetrics, usePeak } from '../data/metrics.js';
import { usePolled } from '../data/polled.js';
import { BrowserFigures } from '../figures/browsers.js';
import { SubjectCharts } from '../figures/charts.js';
import { Facets } from '../figures/facets.js';
import {
  FiguresStateNotice,
  PartialNotice,
  UnknownNotice,
  WatchedOnlyNotice,
} from '../figures/figures-state.js';
import { KpiStrip } from '../figures/kpi-strip.js';
import { StartupFigures } from '../figures/startups.js';
import { subjectKpis } from '../figures/subject-kpis.js';
import { isWatchedOnly } from '../figures/sums.js';
import { useAddress, usePage } from '../page-context.js';
import { Heading } from '../parts/heading.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { RangeChoice } from '../parts/range-choice.js';
import { StreamTabs } from '../parts/stream-tabs.js';
import type { Subject, View } from '../place.js';
import { portalClock } from '../time/portal-clock.js';
import { isLive, lengthMsOf, rangeFields, spanOf, type Range } from '../time/range.js';
import { HoldbackSection } from './holdback-section.js';
import { graphiteFacetsOf } from './stream-options.js';

type FiguresView = Extract<View, { page: 'figures' }>;

/** Long ranges change slowly beside their length, and cost Graphite more. */
const aloneMs = { short: 5_000, long: 60_000 };
const shortMs = 6 * 3_600_000;
const settingsEveryMs = 60_000;
const marksMax = 50;
const latestRange: Range = { kind: 'last', name: '15m' };
const noNames: readonly string[] = [];

/** The charts of a stream, a group, or all streams, refreshed while they're looked at. */
export function FiguresPage({ view }: { readonly view: FiguresView }) {
  const { subject, range } = view;
  const { go } = usePage();
  const stream = useStream(subject);
  const isStream = subject.kind === 'stream';
  const live = useLive(isStream ? [subject.name] : noNames, subject.kind === 'total');
  const now = useMetrics(
    subject,
    latestRange,
    'state',
    pollEveryMs(live, aloneMs.short),
    live.news,
  );
  const everyMs = lengthMsOf(range) > shortMs ? aloneMs.long : aloneMs.short;
  const isMoving = isLive(range, portalClock.nowMs());
  const metrics = useMetrics(
    subject,
    range,
    'charts',
    isMoving ? pollEveryMs(live, everyMs) : undefined,
    isMoving && everyMs === aloneMs.short ? live.news : 0,
  );
  const span = (): Span => spanOf(range, portalClock.nowMs());
  const spanKey = JSON.stringify(rangeFields(range));
  const peakEveryMs = isMoving ? aloneMs.long : undefined;
  const peak = usePeak(subject, metrics.value, span, spanKey, peakEveryMs);
  return (
    <>
      <Heading title={stream?.title ?? subjectTitle(subject)} small={isStream ? subject.name : ''}>
        <RangeChoice range={range} withRange={(next) => ({ ...view, range: next })} />
      </Heading>
      {isStream && <StreamTabs stream={subject.name} shown="figures" />}
      {now.value !== undefined && <FiguresStateNotice latest={now.value} />}
      {stream?.isArchived === true && (
        <Notice kind="quiet" title="This stream is archived: nobody can join it" />
      )}
      <FailureNotice failure={metrics.failure} shownFromMs={metrics.valueAtMs} />
      {metrics.value === undefined && metrics.failure === undefined && (
        <Skeleton kinds={['strip', 'chart', 'chart', 'chart']} />
      )}
      {metrics.value !== undefined && (
        <Shown
          view={view}
          stream={stream}
          metrics={metrics.value}
          latest={now.value}
          peak={peak}
          readAtMs={metrics.valueAtMs}
          isOld={metrics.failure !== undefined}
          onZoom={(span) => go({ ...view, range: { kind: 'span', ...span } })}
        />
      )}
    </>
  );
}

interface ShownProps {
  readonly view: FiguresView;
  readonly stream: StreamAnswer | undefined;
  readonly metrics: MetricsAnswer<'charts'>;
  readonly latest: MetricsAnswer<'state'> | undefined;
  readonly peak: PeakAnswer | undefined;
  readonly readAtMs: number;
  readonly isOld: boolean;
  readonly onZoom: (span: Span) => void;
}

function Shown({ view, stream, metrics, latest, peak, readAtMs, isOld, onZoom }: ShownProps) {
  const { zone, go } = usePage();
  const { subject, range, facet } = view;
  const history = useHistory(subject);
  const marks = useMemo(() => marksOf(history), [history]);
  const shared: ChartTimes = { times: metrics.times, stepMs: metrics.stepMs, marks, onZoom };
  const span = (): Span => spanOf(range, portalClock.nowMs());
  const spanKey = JSON.stringify(rangeFields(range));
  const renditions = stream?.renditions ?? noNames;
  const asked = stream === undefined ? noNames : graphiteFacetsOf(stream.options);
  if (lastKnownIndex(metrics.series.viewers) === -1) {
    // Of what has no figures at all the page has said so already.
    if (latest?.state === 'no_data') return null;
    return <UnknownNotice range={metrics} />;
  }
  return (
    <div class={isOld ? 'figures figures-old' : 'figures'}>
      <div class="wide">
        <PartialNotice range={metrics} />
        <WatchedOnlyNotice range={metrics} />
        <KpiStrip label="In this range" kpis={subjectKpis(metrics, latest, zone, peak)} />
      </div>
      <SubjectCharts
        metrics={metrics}
        shared={shared}
        renditions={renditions}
        startups={
          <StartupFigures
            subject={subject}
            range={range}
            readAtMs={readAtMs}
            isUntold={isWatchedOnly(metrics)}
          />
        }
      />
      <BrowserFigures subject={subject} range={range} readAtMs={readAtMs} renditions={renditions} />
      {stream !== undefined && <HoldbackSection stream={stream} span={span} spanKey={spanKey} />}
      {stream !== undefined && (
        <Facets
          stream={stream.key}
          asked={asked}
          chosen={facet}
          choose={(next) => go({ ...view, facet: next }, 'replace')}
          span={span}
          spanKey={spanKey}
        />
      )}
      {subject.kind === 'stream' && (
        <Marks marks={marks} times={metrics.times} stream={subject.name} />
      )}
      <p class="downloads wide">
        <a href={csvAddress(subject, spanOf(range, readAtMs))} download>
          All figures of this range as CSV
        </a>
      </p>
    </div>
  );
}

/** The changes that the charts mark, in words. */
function Marks(props: {
  readonly marks: readonly Mark[];
  readonly times: readonly number[];
  readonly stream: string;
}) {
  const { zone } = usePage();
  const address = useAddress();
  const { marks, times, stream } = props;
  const shown = marks.filter(({ atMs }) => atMs >= (times[0] ?? Infinity));
  if (shown.length === 0) return null;
  return (
    <section class="card wide" aria-labelledby="marks-title">
      <h2 id="marks-title">Changes in this range</h2>
      <ul class="marks">
        {shown.map(({ atMs, text }) => (
          <li key={atMs}>
            <time dateTime={new Date(atMs).toISOString()}>{zone.dayAndTime(atMs, 1_000)}</time>{' '}
            {text}
          </li>
        ))}
      </ul>
      <a href={address({ page: 'history', key: stream, cursor: '' })}>The whole history</a>
    </section>
  );
}

function subjectTitle(subject: Subject): string {
  switch (subject.kind) {
    case 'total':
      return 'All streams';
    case 'group':
      return `Group ${subject.name}`;
    case 'stream':
      return subject.name;
  }
}

function useStream(subject: Subject): StreamAnswer | undefined {
  const key = subject.kind === 'stream' ? subject.name : '';
  const asked = subject.kind === 'stream' ? `stream ${key}` : undefined;
  return usePolled(asked, (signal) => fetchStream(key, signal), settingsEveryMs).value;
}

function useHistory(subject: Subject): readonly HistoryEntry[] {
  const key = subject.kind === 'stream' ? subject.name : '';
  const asked = subject.kind === 'stream' ? `changes ${key}` : undefined;
  const ask = (signal: AbortSignal) => fetchHistory(key, marksMax, undefined, signal);
  return usePolled(asked, ask, settingsEveryMs).value?.entries ?? noEntries;
}

const noEntries: readonly HistoryEntry[] = [];

function marksOf(entries: readonly HistoryEntry[]): readonly Mark[] {
  return entries
    .filter(({ outcome, changes }) => outcome === 'accepted' && changes.length > 0)
    .map(({ atMs, actor, changes }) => {
      const fields = changes.map(({ field }) => field).join(', ');
      return { atMs, text: `${actor} changed ${fields}` };
    });
}
