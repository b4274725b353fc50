import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { shortCount } from '../format.js';
import type { Zone } from '../time/zone.js';
import type { ChartSeries, TimeChartProps } from './series.js';
import { loneIndices, stacked } from './stacking.js';

export interface PlotInput {
  readonly element: HTMLElement;
  readonly zone: Zone;
  /** True: steps are wide enough for the edges of layers, and for broken lines. */
  readonly isEdged: boolean;
  /** What is shown now, which goes on while the plot stays. */
  readonly latest: () => TimeChartProps;
  readonly setPointed: (index: number | null) => void;
}

const cursorGroup = 'times';
/** As its types have it, an enumeration that isn't there when it runs. */
const right = 1 as unknown as uPlot.Axis.Side;
const axisWidthPx = 62;
const heightPx = 210;
/** A drag that is shorter is a click. */
const zoomPxMin = 8;

/** Rows as uPlot draws them. */
export function plotData({ times, series, kind, share }: TimeChartProps): uPlot.AlignedData {
  const seconds = times.map((time) => time / 1_000);
  const values = series.map((one) => [...one.values]);
  // The highest layer is painted first, so that each lower one covers its part of it.
  const rows = kind === 'stack' ? stacked(values, times.length).toReversed() : values;
  return share === undefined ? [seconds, ...rows] : [seconds, ...rows, [...share.values]];
}

/** Draws a chart into its element; colours are those that the style sheets have there. */
export function makePlot(input: PlotInput): uPlot {
  const { element, zone, latest, setPointed } = input;
  const props = latest();
  const style = getComputedStyle(element);
  const colour = (property: string): string => style.getPropertyValue(property).trim();
  const font = `12px ${style.fontFamily}`;
  const options: uPlot.Options = {
    width: element.clientWidth,
    height: heightPx,
    legend: { show: false },
    padding: [8, props.share === undefined ? 20 : 0, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone.name),
    cursor: {
      sync: { key: cursorGroup },
      drag: { x: true, y: false, setScale: false },
      points: { show: props.kind === 'lines' },
      y: false,
    },
    scales: {
      y: {
        range: (_plot, _least, highest) => [0, latest().most ?? niceTop(highest, latest().topMin)],
      },
      share: { range: () => [0, 1] },
    },
    axes: axesOf(input, colour, font),
    series: [
      {},
      ...seriesOf(props, colour, input.isEdged),
      ...(props.share === undefined ? [] : [shareSeries(props.share, colour, input.isEdged)]),
    ],
    hooks: {
      setCursor: [(plot) => setPointed(plot.cursor.idx ?? null)],
      setSelect: [(plot) => zoom(plot, latest())],
      draw: [(plot) => drawMarks(plot, latest(), colour('--text-quiet'))],
    },
  };
  return new uPlot(options, plotData(props), element);
}

/** Points only where a line has no length. */
const lonePoints = {
  show: false,
  size: 5,
  filter: (plot: uPlot, seriesIndex: number): number[] =>
    loneIndices([...(plot.data[seriesIndex] ?? [])]),
};

const dash = [6, 4];

function seriesOf(
  { kind, series }: TimeChartProps,
  colour: (property: string) => string,
  isEdged: boolean,
): uPlot.Series[] {
  const drawn = kind === 'stack' ? series.toReversed() : series;
  const edge = isEdged ? { stroke: colour('--surface'), width: 1 } : {};
  const area = series.length === 1 ? { fill: `${colour(series[0]?.colour ?? '')}1f` } : {};
  return drawn.map((one) => {
    const stroke = colour(one.colour);
    if (kind === 'stack') return { ...edge, fill: stroke, points: { show: false } };
    const broken = one.isDashed === true && isEdged ? { dash } : {};
    return {
      stroke,
      width: isEdged ? 2 : 1,
      ...area,
      ...broken,
      points: { ...lonePoints, fill: stroke },
    };
  });
}

function shareSeries(
  share: ChartSeries,
  colour: (property: string) => string,
  isEdged: boolean,
): uPlot.Series {
  const stroke = colour(share.colour);
  const line = isEdged ? { width: 2, dash } : { width: 1 };
  return { scale: 'share', stroke, ...line, points: { ...lonePoints, fill: stroke } };
}

/** Of counts: there is no half of one. */
const wholeIncrements = Array.from({ length: 13 }, (_, power) => 10 ** power).flatMap((ten) => [
  ten,
  2 * ten,
  5 * ten,
]);

function axesOf(
  { latest, zone }: PlotInput,
  colour: (property: string) => string,
  font: string,
): uPlot.Axis[] {
  const { share, axisFormat, stepMs } = latest();
  const plain = { stroke: colour('--text-quiet'), font, ticks: { show: false } };
  const grid = { stroke: colour('--grid'), width: 1 };
  const times: uPlot.Axis = {
    ...plain,
    space: (_plot, _axis, min, max) =>
      max - min < daySeconds && zone.hasOffsets(min * 1_000, max * 1_000) ? 120 : 76,
    size: 28,
    grid: { show: false },
    values: (plot, splits) => timeLabels(plot, splits, stepMs, zone),
  };
  const values: uPlot.Axis = {
    ...plain,
    grid,
    size: axisWidthPx,
    space: 36,
    ...(axisFormat === shortCount ? { incrs: wholeIncrements } : {}),
    values: (_plot, splits) => splits.map(axisFormat),
  };
  const shares: uPlot.Axis = {
    ...plain,
    scale: 'share',
    side: right,
    size: 46,
    grid: { show: false },
    values: (_plot, splits) => splits.map((split) => `${Math.round(split * 100)}%`),
  };
  return share === undefined ? [times, values] : [times, values, shares];
}

/** All charts are told of a drag; the one under the pointer tells the page. */
function zoom(plot: uPlot, { stepMs, onZoom }: TimeChartProps): void {
  const { left, width } = plot.select;
  if (width < zoomPxMin) return;
  const timeAt = (px: number): number => plot.posToVal(px, 'x') * 1_000;
  const fromMs = Math.floor(timeAt(left) / stepMs) * stepMs;
  const untilMs = Math.ceil(timeAt(left + width) / stepMs) * stepMs;
  const isOwn = plot.over.matches(':hover');
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (isOwn) onZoom({ fromMs, untilMs });
}

/** A broken line at each change of the stream; the page lists them in words. */
function drawMarks(plot: uPlot, { marks }: TimeChartProps, stroke: string): void {
  const { ctx, bbox } = plot;
  const { min, max } = plot.scales['x'] ?? {};
  if (min === undefined || max === undefined) return;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.fillStyle = stroke;
  ctx.lineWidth = devicePixelRatio;
  for (const { atMs } of marks) {
    const seconds = atMs / 1_000;
    if (seconds < min || seconds > max) continue;
    const x = Math.round(plot.valToPos(seconds, 'x', true));
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(x, bbox.top, 3 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}

/** Some room above the highest value; an axis for nothing but zeros too. */
function niceTop(highest: number | null, topMin = 4): number {
  return highest === null || highest <= 0 ? topMin : highest * 1.08;
}

const daySeconds = 86_400;

function timeLabels(plot: uPlot, splits: readonly number[], stepMs: number, zone: Zone): string[] {
  const gap = (splits[1] ?? 0) - (splits[0] ?? 0);
  const shownMs = gap > 0 && gap < 60 ? stepMs : 60_000;
  const { min = 0, max = 0 } = plot.scales['x'] ?? {};
  if (gap >= daySeconds) return splits.map((seconds) => zone.day(seconds * 1_000));
  const hasDays = max - min > daySeconds;
  return splits.map((seconds) => {
    const time = zone.time(seconds * 1_000, shownMs);
    return hasDays && time === '00:00' ? zone.day(seconds * 1_000) : time;
  });
}
