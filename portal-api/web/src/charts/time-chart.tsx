import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { marked, percent } from '../format.js';
import { usePage } from '../page-context.js';
import type { Zone } from '../time/zone.js';
import { Figure } from '../parts/figure.js';
import { Swatch } from '../parts/swatch.js';
import { ChartFoot } from './chart-foot.js';
import { makePlot, plotData, type PlotInput } from './plot.js';
import type { ChartSeries, TimeChartProps } from './series.js';
import { lastKnownIndex } from './stacking.js';

const noShare: readonly ChartSeries[] = [];

/**
 * Values over time, with a legend that follows pointer and arrow keys on all charts of the page,
 * and the same figures as a table and as CSV. Dragging over it zooms the page.
 */
export function TimeChart(props: TimeChartProps) {
  const { title, note, times, stepMs, series, share, format } = props;
  const { zone } = usePage();
  const { holder, plot, pointed } = usePlot(props);
  const all = [...series, ...(share === undefined ? noShare : [share])];
  const texts = all.map((one) => (one === share ? percent : format));
  const last = Math.max(-1, ...all.map(({ values }) => lastKnownIndex(values)));
  const index = pointed ?? last;
  const timeMs = times[index];
  const hasDays = (times.at(-1) ?? 0) - (times[0] ?? 0) > dayMs;
  const at = timeMs === undefined ? '' : textOfTime(zone, timeMs, stepMs, hasDays);
  const pointedAt = all.map(({ values, atLeast, ...one }, row) => ({
    ...one,
    text: texts[row]?.(values[index] ?? null) ?? '',
    isMarked: atLeast?.has(index) === true,
  }));
  const spoken = pointedAt.map(({ name, text, isMarked }) => `${name} ${marked(text, isMarked)}`);
  return (
    <figure class={props.isWide === true ? 'card chart chart-wide' : 'card chart'}>
      <figcaption>
        <h2>{title}</h2>
        {note !== undefined && <p class="note">{note}</p>}
      </figcaption>
      <ul class="legend" aria-hidden="true">
        <li class="legend-time">{at}</li>
        {pointedAt.map(({ name, colour, isDashed = false, text, isMarked }) => (
          <li key={name}>
            <Swatch colour={colour} isDashed={isDashed} />
            {name}{' '}
            <b>
              <Figure text={text} isMarked={isMarked} />
            </b>
          </li>
        ))}
      </ul>
      <div
        ref={holder}
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={`${title}, by time`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, times.length - 1)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={`${at}: ${spoken.join(', ')}`}
        onKeyDown={(event) => {
          const to = steppedIndex(event.key, index, times.length);
          const time = to === undefined ? undefined : times[to];
          if (time === undefined || plot.current === undefined) return;
          event.preventDefault();
          plot.current.setCursor({ left: plot.current.valToPos(time / 1_000, 'x'), top: 1 });
        }}
      />
      <ChartFoot title={title} times={times} stepMs={stepMs} series={all} texts={texts} />
    </figure>
  );
}

/** The plot in its holder, made anew when its shape changes, and the step that is pointed at. */
function usePlot(props: TimeChartProps) {
  const { theme, zone } = usePage();
  const { times, series, share, kind, stepMs, marks } = props;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const names = series.map(({ name, colour }) => `${name}/${colour}`).join();
  const isEdged = times.length <= edgedStepsMax;
  const shape = `${theme} ${zone.name} ${kind} ${stepMs} ${isEdged} ${share === undefined} ${names}`;
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const input: PlotInput = { element, zone, isEdged, latest: () => latest.current, setPointed };
    const made = makePlot(input);
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
  useEffect(() => plot.current?.setData(plotData(props)), [times, series, share, marks]);
  return { holder, plot, pointed };
}

function textOfTime(zone: Zone, timeMs: number, stepMs: number, hasDays: boolean): string {
  return hasDays ? zone.dayAndTime(timeMs, stepMs) : zone.time(timeMs, stepMs);
}

const dayMs = 86_400_000;
/** Between many narrow steps an edge would be a fringe. */
const edgedStepsMax = 200;

function steppedIndex(key: string, index: number, length: number): number | undefined {
  const far = Math.max(1, Math.round(length / 10));
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, index - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(length - 1, index + 1);
    case 'PageDown':
      return Math.max(0, index - far);
    case 'PageUp':
      return Math.min(length - 1, index + far);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}
