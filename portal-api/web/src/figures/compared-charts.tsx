import type { Span } from '../api/figures.js';
import type { MetricsAnswer } from '../api/shapes.js';
import type { ChartTimes } from '../charts/series.js';
import { shares } from '../charts/stacking.js';
import { TimeChart } from '../charts/time-chart.js';
import { bitrate, count, milliseconds, percent, shortCount } from '../format.js';
import { told, type Told } from './told.js';

const charts: readonly {
  readonly title: string;
  readonly of: (metrics: MetricsAnswer<'summary'>) => Told;
  readonly text: (value: number | null) => string;
  readonly axis: (value: number) => string;
  readonly most?: number;
  readonly topMin?: number;
}[] = [
  {
    title: 'Viewers',
    of: (metrics) => told(metrics, metrics.series.viewers, 'viewers'),
    text: count,
    axis: shortCount,
  },
  {
    title: 'Offload',
    of: ({ series: { cdnBytes, peerBytes } }) => ({ values: shares(cdnBytes, peerBytes) }),
    text: percent,
    axis: percent,
    most: 1,
  },
  {
    title: 'Stalls',
    of: ({ series }) => ({ values: series.stallRatio }),
    text: percent,
    axis: percent,
    topMin: 0.01,
  },
  {
    title: 'Start-up, half within',
    of: ({ series }) => ({ values: series.startupP50Ms }),
    text: milliseconds,
    axis: milliseconds,
  },
  {
    title: 'Bitrate',
    of: ({ series }) => ({ values: series.bitrateKbps }),
    text: bitrate,
    axis: shortCount,
  },
  {
    title: 'Views begun',
    of: (metrics) => told(metrics, metrics.series.viewsBegun, 'viewsBegun'),
    text: count,
    axis: shortCount,
  },
];

/** Two ranges over each other, in steps that meet once the second is moved by `backMs`. */
export function ComparedCharts(props: {
  readonly names: readonly [string, string];
  readonly one: MetricsAnswer<'summary'>;
  readonly other: MetricsAnswer<'summary'>;
  readonly backMs: number;
  readonly onZoom: (span: Span) => void;
}) {
  const { names, one, other, backMs, onZoom } = props;
  const { times, stepMs } = one;
  const shared: ChartTimes = { times, stepMs, marks: noMarks, onZoom };
  const placeOf = new Map(other.times.map((timeMs, index) => [timeMs + backMs, index]));
  return (
    <>
      {charts.map(({ title, of, text, axis, most, topMin }) => {
        const theirs = of(other);
        const places = times.map((timeMs) => placeOf.get(timeMs) ?? -1);
        const beside: Told = {
          values: places.map((place) => theirs.values[place] ?? null),
          atLeast: new Set(
            [...places.keys()].filter((step) => theirs.atLeast?.has(places[step] ?? -1) === true),
          ),
        };
        return (
          <TimeChart
            {...shared}
            key={title}
            title={title}
            kind="lines"
            series={[
              { name: names[0], colour: '--accent', ...of(one) },
              { name: names[1], colour: '--second', ...beside, isDashed: true },
            ]}
            format={text}
            axisFormat={axis}
            {...(most === undefined ? {} : { most })}
            {...(topMin === undefined ? {} : { topMin })}
          />
        );
      })}
    </>
  );
}

const noMarks = [] as const;
