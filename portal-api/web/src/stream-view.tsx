import { csvAddress, fetchMetrics, type MetricsAnswer } from './api.js';
import { Figures } from './figures.js';
import { duration, timeOfMinute } from './format.js';
import { FailureNotice, Notice } from './notice.js';
import { rangeMs, type Place } from './place.js';
import { usePolled } from './polled.js';
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
        The last minute is that of {since}. Each one is told, be it that nobody watches, so the
        rollup or Graphite is behind or away; nothing is lost, it catches up from the log.
      </Notice>
    );
  }
  if (state === 'no_data' && lastMinuteAtMs !== null) {
    return <Notice kind="quiet" title="Nobody has watched this stream in this time range" />;
  }
  if (state === 'no_data') {
    return (
      <Notice kind="quiet" title="No figures in this time range">
        A minute appears here a few seconds after its end.
      </Notice>
    );
  }
  if (state === 'idle') {
    return (
      <Notice kind="quiet" title="Nobody is watching">
        The last minute with figures, that of {since}, says so.
      </Notice>
    );
  }
  return null;
}
