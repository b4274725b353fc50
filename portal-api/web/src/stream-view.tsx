import { csvAddress, fetchMetrics, type MetricsAnswer } from './api.js';
import { Bars } from './charts/bars.js';
import { lastKnownIndex, shares } from './charts/stacking.js';
import { TimeChart } from './charts/time-chart.js';
import { bytesPerSecond, count, duration, percent, shortCount, timeOfMinute } from './format.js';
import { FailureNotice, Notice } from './notice.js';
import { rangeMs, type Place } from './place.js';
import { usePolled } from './polled.js';
import { orderedQualities, qualityColours } from './qualities.js';
import type { Theme } from './theme.js';

interface StreamViewProps {
  readonly place: Place;
  readonly theme: Theme;
  /** The stream's own names of qualities, in its order. */
  readonly renditions: readonly string[];
}

/** Long ranges change slowly beside their length, and cost Graphite more. */
const refreshMs = { short: 5_000, long: 20_000 };

/** A stream's charts (or those over all), refreshed while they're looked at. */
export function StreamView({ place, theme, renditions }: StreamViewProps) {
  const { stream, range } = place;
  const everyMs = rangeMs(range) > rangeMs('1h') ? refreshMs.long : refreshMs.short;
  const { value, valueAtMs, failure } = usePolled(
    `${stream ?? ''} ${range}`,
    (signal) => {
      const untilMs = Date.now();
      return fetchMetrics(stream, { fromMs: untilMs - rangeMs(range), untilMs }, signal);
    },
    everyMs,
  );
  const shownFromMs = value === undefined ? undefined : valueAtMs;
  return (
    <>
      {failure !== undefined && failure.kind !== 'signed_out' && (
        <FailureNotice failure={failure} shownFromMs={shownFromMs} />
      )}
      {value !== undefined && <StateNotice metrics={value} />}
      {value === undefined && failure === undefined && <Loading />}
      {value !== undefined && value.lastMinuteAtMs !== null && (
        <div class={failure === undefined ? 'figures' : 'figures figures-old'}>
          <Figures metrics={value} theme={theme} renditions={renditions} />
          <p class="downloads">
            <a
              href={csvAddress(stream, { fromMs: valueAtMs - rangeMs(range), untilMs: valueAtMs })}
            >
              This range as CSV
            </a>
          </p>
        </div>
      )}
    </>
  );
}

function Loading() {
  return (
    <div class="figures" aria-busy="true">
      <p class="for-screen-readers" role="status">
        Loading figures
      </p>
      {['tiles', 'chart', 'chart'].map((kind, index) => (
        <div key={index} class={`card skeleton skeleton-${kind}`} />
      ))}
    </div>
  );
}

function StateNotice({ metrics }: { readonly metrics: MetricsAnswer }) {
  const { state, lastMinuteAtMs, intervalMs } = metrics;
  const since = lastMinuteAtMs === null ? '' : timeOfMinute(lastMinuteAtMs, intervalMs);
  if (state === 'stale' && lastMinuteAtMs !== null) {
    const age = duration(Date.now() - lastMinuteAtMs - intervalMs);
    return (
      <Notice kind="warning" title={`No new figures for ${age}`}>
        The last minute is that of {since}. There were viewers then, so the rollup is likely to be
        behind or away; nothing is lost, it catches up from the log.
      </Notice>
    );
  }
  if (state === 'no_data' && lastMinuteAtMs !== null) {
    return <Notice kind="quiet" title="Nobody has watched this stream in this time range" />;
  }
  if (state === 'no_data') {
    return (
      <Notice kind="quiet" title="No figures in this time range">
        A minute with viewers appears here a few seconds after its end.
      </Notice>
    );
  }
  if (state === 'idle') {
    return (
      <Notice kind="quiet" title="Nobody is watching">
        The last minute with figures is that of {since}.
      </Notice>
    );
  }
  return null;
}

function Figures(props: Omit<StreamViewProps, 'place'> & { readonly metrics: MetricsAnswer }) {
  const { metrics, theme, renditions } = props;
  const { times, intervalMs, series } = metrics;
  const perSecond = (values: readonly (number | null)[]): (number | null)[] =>
    values.map((value) => (value === null ? null : value / (intervalMs / 1_000)));
  const last = lastKnownIndex(series.viewers);
  const at = (values: readonly (number | null)[]): number | null => values[last] ?? null;
  const cdn = perSecond(series.cdnBytes);
  const peers = perSecond(series.peerBytes);
  const offload = shares(cdn, peers);
  const qualities = orderedQualities(Object.keys(series.viewersByQuality), renditions);
  const colours = qualityColours(qualities, renditions);
  const common = { times, intervalMs, theme };
  const lastTime = times[last];
  const tiles = [
    { name: 'Viewers', value: count(at(series.viewers)) },
    { name: 'Offload', value: percent(at(offload)) },
    { name: 'From the CDN', value: bytesPerSecond(at(cdn)), colour: '--cdn' },
    { name: 'From peers', value: bytesPerSecond(at(peers)), colour: '--peer' },
    { name: 'Stalled', value: percent(at(series.stallRatio)) },
  ];
  const browserBars = Object.entries(series.browsers)
    .map(([name, values]) => ({ name, value: at(values) ?? 0 }))
    .filter(({ value }) => value > 0);
  return (
    <>
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
      <TimeChart
        {...common}
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
      <section class="card browsers" aria-labelledby="browsers-title">
        <h3 id="browsers-title">Browsers</h3>
        <p class="note">
          viewers in the minute of{' '}
          {lastTime === undefined ? '–' : timeOfMinute(lastTime, intervalMs)}
        </p>
        {browserBars.length === 0 ? (
          <p>No viewers in this minute.</p>
        ) : (
          <Bars bars={browserBars} unit="viewers" />
        )}
      </section>
    </>
  );
}
