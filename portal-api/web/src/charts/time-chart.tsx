import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { timeOfMinute, dayAndTime } from '../format.js';
import type { Theme } from '../theme.js';
import { DataTable } from './data-table.js';
import type { ChartSeries } from './series.js';
import { lastKnownIndex, loneIndices, stacked } from './stacking.js';

export interface TimeChartProps {
  readonly title: string;
  /** What one reads besides the title: unit, meaning. */
  readonly note?: string;
  /** Starts of minutes, Unix ms. */
  readonly times: readonly number[];
  readonly intervalMs: number;
  /** For stacks from the bottom up. */
  readonly series: readonly ChartSeries[];
  readonly kind: 'lines' | 'stack';
  readonly format: (value: number | null) => string;
  readonly axisFormat: (value: number) => string;
  /** The axis' end where it is known, such as 1 for shares. */
  readonly most?: number;
  readonly heightPx?: number;
  readonly theme: Theme;
}

const cursorGroup = 'minutes';
const axisWidthPx = 62;
const edgedMinutesMax = 400;

/** Points only where a line has no length. */
const lonePoints = {
  show: false,
  size: 5,
  filter: (plot: uPlot, seriesIndex: number): number[] =>
    loneIndices([...(plot.data[seriesIndex] ?? [])]),
};

/** Values over time, with a legend that follows the pointer and the same figures as a table. */
export function TimeChart(props: TimeChartProps) {
  const { title, note, times, series, format, intervalMs } = props;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);
  const shape = `${props.theme} ${props.kind} ${intervalMs} ${times.length > edgedMinutesMax} ${series.map(({ name, colour }) => `${name}/${colour}`).join()}`;

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const made = new uPlot(
      plotOptions(props, element, (index) => setPointed(index)),
      plotData(props),
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== made.width) made.setSize({ width, height: made.height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  useEffect(() => plot.current?.setData(plotData(props)), [times, series]);

  const last = Math.max(-1, ...series.map(({ values }) => lastKnownIndex(values)));
  const index = pointed ?? last;
  const timeMs = times[index];
  const at = timeMs === undefined ? '' : timeOfMinute(timeMs, intervalMs);
  return (
    <figure class="card chart">
      <figcaption>
        <h3>{title}</h3>
        {note !== undefined && <p class="note">{note}</p>}
      </figcaption>
      <ul class="legend" aria-label={`${title} at ${at}`}>
        <li class="legend-time">{at}</li>
        {series.map(({ name, colour, values }) => (
          <li key={name}>
            <span class="swatch" style={{ background: `var(${colour})` }} />
            {name} <b>{format(values[index] ?? null)}</b>
          </li>
        ))}
      </ul>
      <div
        ref={holder}
        class="plot"
        role="img"
        aria-label={`${title}, chart. Figures in the table below.`}
      />
      <DataTable
        title={title}
        times={times}
        series={series}
        format={format}
        intervalMs={intervalMs}
      />
    </figure>
  );
}

function plotData({ times, series, kind }: TimeChartProps): uPlot.AlignedData {
  const seconds = times.map((time) => time / 1_000);
  const values = series.map((one) => [...one.values]);
  // The highest layer is painted first, so that each lower one covers its part of it.
  const rows = kind === 'stack' ? stacked(values, times.length).toReversed() : values;
  return [seconds, ...rows];
}

function plotOptions(
  { series, times, kind, axisFormat, most, heightPx = 220, intervalMs }: TimeChartProps,
  element: HTMLElement,
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (property: string): string => style.getPropertyValue(property).trim();
  // Between many narrow minutes an edge would be a fringe.
  const layerEdge = times.length > edgedMinutesMax ? {} : { stroke: colour('--surface'), width: 1 };
  const area = series.length === 1 ? { fill: `${colour(series[0]?.colour ?? '')}1f` } : {};
  const drawn = kind === 'stack' ? series.toReversed() : series;
  const axis = {
    stroke: colour('--text-quiet'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour('--grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    cursor: {
      sync: { key: cursorGroup },
      drag: { x: false, y: false },
      points: { show: kind === 'lines' },
      y: false,
    },
    scales: { y: { range: (_plot, _least, highest) => [0, most ?? niceTop(highest)] } },
    axes: [
      {
        ...axis,
        space: 70,
        size: 28,
        grid: { show: false },
        values: (plot, splits) => timeLabels(plot, splits, intervalMs),
      },
      {
        ...axis,
        size: axisWidthPx,
        space: 36,
        values: (_plot, splits) => splits.map(axisFormat),
      },
    ],
    series: [
      {},
      ...drawn.map((one): uPlot.Series => {
        const stroke = colour(one.colour);
        return kind === 'stack'
          ? { ...layerEdge, fill: stroke, points: { show: false } }
          : { stroke, width: 2, ...area, points: { ...lonePoints, fill: stroke } };
      }),
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

/** Some room above the highest value; an axis for nothing but zeros too. */
function niceTop(highest: number | null): number {
  return highest === null || highest <= 0 ? 1 : highest * 1.08;
}

function timeLabels(plot: uPlot, splits: readonly number[], intervalMs: number): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  const shown = step > 0 && step < 60 ? intervalMs : 60_000;
  const { min, max } = plot.scales['x'] ?? {};
  const isDays = max !== undefined && min !== undefined && max - min > 2 * 86_400;
  return splits.map((seconds) =>
    isDays ? dayAndTime(seconds * 1_000) : timeOfMinute(seconds * 1_000, shown),
  );
}
