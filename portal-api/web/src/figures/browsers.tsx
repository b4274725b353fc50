import type { MetricsAnswer } from '../api/shapes.js';
import { Bars } from '../charts/bars.js';
import { Heatmap } from '../charts/heatmap.js';
import { lastKnownIndex } from '../charts/stacking.js';
import { useMetrics } from '../data/metrics.js';
import { usePage } from '../page-context.js';
import { FailureNotice } from '../parts/notice.js';
import type { Subject } from '../place.js';
import { orderedQualities } from '../qualities.js';
import type { Range } from '../time/range.js';
import { sumOf } from './sums.js';
import { told } from './told.js';
import { viewersMinutesText } from './viewers-minutes.js';

interface BrowserFiguresProps {
  readonly subject: Subject;
  readonly range: Range;
  /** When the figures above were read; they are read anew with them. */
  readonly readAtMs: number;
  /** The stream's own names of qualities, in its order. */
  readonly renditions: readonly string[];
}

/**
 * Who watches by browser. There are as many series as browsers times qualities, so what is looked
 * at first doesn't wait for them.
 */
export function BrowserFigures({ subject, range, readAtMs, renditions }: BrowserFiguresProps) {
  const { value, valueAtMs, failure } = useMetrics(subject, range, 'browsers', undefined, readAtMs);
  return (
    <>
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      <Browsers metrics={value} />
      {value !== undefined && <BrowserHeatmap metrics={value} renditions={renditions} />}
    </>
  );
}

function Browsers({ metrics }: { readonly metrics: MetricsAnswer<'browsers'> | undefined }) {
  return (
    <section class="card" aria-labelledby="browsers-title">
      <h2 id="browsers-title">Browsers</h2>
      {metrics === undefined ? <p class="note">Loading…</p> : <BrowserBars metrics={metrics} />}
    </section>
  );
}

function BrowserBars({ metrics }: { readonly metrics: MetricsAnswer<'browsers'> }) {
  const { zone } = usePage();
  const { times, stepMs, series } = metrics;
  const last = lastKnownIndex(series.viewers);
  const lastTime = times[last];
  const bars = Object.entries(series.browsers)
    .map(([name, values]) => {
      const isMarked = told(metrics, values, 'browsers', name).atLeast?.has(last) === true;
      return { name, value: values[last] ?? 0, isMarked };
    })
    .filter(({ value }) => value > 0);
  return (
    <>
      <p class="note">
        viewers at {lastTime === undefined ? '–' : zone.dayAndTime(lastTime, stepMs)}
      </p>
      {bars.length === 0 ? <p>Nobody watches then.</p> : <Bars bars={bars} unit="viewers" />}
    </>
  );
}

function BrowserHeatmap(props: {
  readonly metrics: MetricsAnswer<'browsers'>;
  readonly renditions: readonly string[];
}) {
  const { browsersByQuality } = props.metrics.series;
  const columns = orderedQualities(Object.keys(browsersByQuality), props.renditions);
  const browsers = new Set(columns.flatMap((name) => Object.keys(browsersByQuality[name] ?? {})));
  const rows = [...browsers].toSorted();
  const values = rows.map((browser) =>
    columns.map((quality) => sumOf(browsersByQuality[quality]?.[browser] ?? []) ?? 0),
  );
  if (rows.length === 0) return null;
  return (
    <Heatmap
      title="Browser and quality"
      note="shares of all viewers' minutes in this range"
      rows={rows}
      columns={columns}
      values={values}
      text={(sum) => viewersMinutesText(sum, props.metrics.stepMs)}
    />
  );
}
