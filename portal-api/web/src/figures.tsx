import type { MetricsAnswer } from './api.js';
import { Bars } from './charts/bars.js';
import { lastKnownIndex, shares } from './charts/stacking.js';
import { TimeChart } from './charts/time-chart.js';
import { bytesPerSecond, count, percent, shortCount, timeOfMinute } from './format.js';
import { orderedQualities, qualityColours } from './qualities.js';
import type { Theme } from './theme.js';

interface FiguresProps {
  readonly metrics: MetricsAnswer;
  readonly theme: Theme;
  /** The stream's own names of qualities, in its order. */
  readonly renditions: readonly string[];
}

/** Values by minute; null where there are none. */
type Values = readonly (number | null)[];

/** The latest minute as tiles, the range as charts, and the browsers of the latest minute. */
export function Figures(props: FiguresProps) {
  return (
    <>
      <Tiles metrics={props.metrics} />
      <ViewerCharts {...props} />
      <TrafficCharts {...props} />
      <StartupChart {...props} />
      <Browsers metrics={props.metrics} />
    </>
  );
}

function Tiles({ metrics }: Pick<FiguresProps, 'metrics'>) {
  const { series } = metrics;
  const { cdn, peers, offload } = trafficOf(metrics);
  const last = lastKnownIndex(series.viewers);
  const at = (values: Values): number | null => values[last] ?? null;
  const tiles = [
    { name: 'Viewers', value: count(at(series.viewers)) },
    { name: 'Offload', value: percent(at(offload)) },
    { name: 'From the CDN', value: bytesPerSecond(at(cdn)), colour: '--cdn' },
    { name: 'From peers', value: bytesPerSecond(at(peers)), colour: '--peer' },
    { name: 'Stalled', value: percent(at(series.stallRatio)) },
  ];
  return (
    <section class="tiles" aria-label="Latest minute">
      {tiles.map(({ name, value, colour }) => (
        <div class="card tile" key={name}>
          <span class="tile-name">
            {colour !== undefined && (
              <span class="swatch" style={{ background: `var(${colour})` }} />
            )}
            {name}
          </span>
          <span class="tile-value">{value}</span>
        </div>
      ))}
    </section>
  );
}

function ViewerCharts({ metrics, theme, renditions }: FiguresProps) {
  const { times, intervalMs, series } = metrics;
  const common = { times, intervalMs, theme };
  const qualities = orderedQualities(Object.keys(series.viewersByQuality), renditions);
  const colours = qualityColours(qualities, renditions);
  return (
    <>
      <TimeChart
        {...common}
        title="Viewers"
        note="sessions with at least one report in the minute"
        kind="lines"
        series={[{ name: 'Viewers', colour: '--accent', values: series.viewers }]}
        format={count}
        axisFormat={shortCount}
      />
      <TimeChart
        {...common}
        title="Viewers by quality"
        note="by the rendition that they played last in the minute"
        kind="stack"
        series={qualities.map((name) => ({
          name,
          colour: colours.get(name) ?? '--quality-other',
          values: series.viewersByQuality[name] ?? [],
        }))}
        format={count}
        axisFormat={shortCount}
      />
    </>
  );
}

function TrafficCharts({ metrics, theme }: FiguresProps) {
  const { times, intervalMs } = metrics;
  const common = { times, intervalMs, theme };
  const { cdn, peers, offload } = trafficOf(metrics);
  return (
    <>
      <TimeChart
        {...common}
        title="CDN and peers"
        note="bytes received a second, 1 MB = 1,000,000 bytes"
        kind="stack"
        series={[
          { name: 'Peers', colour: '--peer', values: peers },
          { name: 'CDN', colour: '--cdn', values: cdn },
        ]}
        format={bytesPerSecond}
        axisFormat={bytesPerSecond}
      />
      <TimeChart
        {...common}
        title="Offload"
        note="the peers' share of all bytes received"
        kind="lines"
        most={1}
        series={[{ name: 'Offload', colour: '--peer', values: offload }]}
        format={percent}
        axisFormat={percent}
      />
    </>
  );
}

function StartupChart({ metrics, theme }: FiguresProps) {
  const { times, intervalMs, series } = metrics;
  return (
    <TimeChart
      times={times}
      intervalMs={intervalMs}
      theme={theme}
      title="Start-up"
      note="milliseconds till the first frame"
      kind="lines"
      series={[
        { name: 'Half are within', colour: '--accent', values: series.startupP50Ms },
        { name: '95% are within', colour: '--quality-7', values: series.startupP95Ms },
      ]}
      format={count}
      axisFormat={shortCount}
    />
  );
}

function Browsers({ metrics }: Pick<FiguresProps, 'metrics'>) {
  const { times, intervalMs, series } = metrics;
  const last = lastKnownIndex(series.viewers);
  const lastTime = times[last];
  const bars = Object.entries(series.browsers)
    .map(([name, values]) => ({ name, value: values[last] ?? 0 }))
    .filter(({ value }) => value > 0);
  return (
    <section class="card browsers" aria-labelledby="browsers-title">
      <h3 id="browsers-title">Browsers</h3>
      <p class="note">
        viewers in the minute of {lastTime === undefined ? '–' : timeOfMinute(lastTime, intervalMs)}
      </p>
      {bars.length === 0 ? <p>No viewers in this minute.</p> : <Bars bars={bars} unit="viewers" />}
    </section>
  );
}

/** Bytes a second by where they came from, and the peers' share of them. */
function trafficOf({ series, intervalMs }: MetricsAnswer) {
  const perSecond = (values: Values): (number | null)[] =>
    values.map((value) => (value === null ? null : value / (intervalMs / 1_000)));
  const cdn = perSecond(series.cdnBytes);
  const peers = perSecond(series.peerBytes);
  return { cdn, peers, offload: shares(cdn, peers) };
}
