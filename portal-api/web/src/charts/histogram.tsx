import { isAtLeast } from '../../../metrics/at-least.js';
import { absent, count, marked, shortPercent } from '../format.js';
import { ratioOf, sumOf } from '../figures/sums.js';
import { ChartFoot } from './chart-foot.js';
import type { ChartSeries } from './series.js';

/** One bucket: its counts by time, and what stands below its column. */
export interface Bucket extends ChartSeries {
  readonly label: string;
}

interface HistogramProps {
  readonly title: string;
  readonly note: string;
  readonly times: readonly number[];
  readonly stepMs: number;
  /** In their order. */
  readonly buckets: readonly Bucket[];
  /** What is counted. */
  readonly unit: string;
  /** What is said where there are none. */
  readonly empty: string;
}

/**
 * How many of all are in each bucket, over the whole range: a list to screen readers, with all
 * figures, and by time as a table and as CSV.
 */
export function Histogram(props: HistogramProps) {
  const { title, note, times, stepMs, buckets, empty } = props;
  const hasSome = buckets.some(({ values }) => values.some((value) => (value ?? 0) > 0));
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        <p class="note">{note}</p>
      </figcaption>
      {hasSome ? <Columns {...props} /> : <p>{empty}</p>}
      <ChartFoot
        title={title}
        times={times}
        stepMs={stepMs}
        series={buckets}
        texts={buckets.map(() => count)}
      />
    </figure>
  );
}

function Columns({ buckets, unit }: HistogramProps) {
  const sums = buckets.map(({ values }) => sumOf(values) ?? 0);
  const all = sums.reduce((before, sum) => before + sum, 0);
  const most = Math.max(...sums);
  return (
    <ul class="histogram">
      {buckets.map(({ name, label, colour }, index) => {
        const sum = sums[index] ?? 0;
        const ratio = ratioOf(sum, all);
        const share = ratio === null ? absent : shortPercent(ratio);
        const text = `${marked(count(sum), isAtLeast(sum))} ${unit}`;
        const height = `${(sum / most) * columnPercentMax}%`;
        return (
          <li key={name} title={`${name}: ${text}`}>
            <span class="column-track" aria-hidden="true">
              {sum > 0 && share}
              <span class="column" style={{ height, background: `var(${colour})` }} />
            </span>
            <span class="column-label" aria-hidden="true">
              {label}
            </span>
            <span class="for-screen-readers">
              {name}: {text}, {share}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** What is left above the highest column has its share. */
const columnPercentMax = 88;
