import type { MetricsAnswer } from '../api/shapes.js';
import { useNowMs } from '../data/connection.js';
import { duration } from '../format.js';
import { useAddress, usePage } from '../page-context.js';
import { Notice } from '../parts/notice.js';
import { portalClock } from '../time/portal-clock.js';
import { isWatchedOnly, unknownSteps, type PartialSteps } from './sums.js';

/** Says how far the figures of a page go, where that isn't up to now. */
export function FiguresStateNotice({ latest }: { readonly latest: MetricsAnswer<'state'> }) {
  const { zone } = usePage();
  const address = useAddress();
  const nowMs = useNowMs(5_000);
  const { state, closedUntilMs, lastMinuteAtMs, intervalMs, subject } = latest;
  const untilMs = closedUntilMs ?? (lastMinuteAtMs === null ? null : lastMinuteAtMs + intervalMs);
  const since = untilMs === null ? '' : zone.dayAndTime(untilMs, intervalMs);
  // Not read out anew each time that it grows.
  const age = untilMs !== null && (
    <span aria-live="off">That is {duration(nowMs - untilMs)} ago.</span>
  );
  switch (state) {
    case 'current':
    case 'unread':
      return null;
    case 'idle':
      return (
        <Notice kind="quiet" title="Nobody is watching">
          That is known: the last minute that was counted says so.
        </Notice>
      );
    case 'late':
      return (
        <Notice kind="warning" title={`No minute of this stream since ${since}`}>
          The part of the count that this stream is in is behind; others go on. Nothing is lost: it
          catches up from the log. {age}
        </Notice>
      );
    case 'stale':
      return (
        <Notice kind="warning" title={`No minute since ${since}`}>
          The rollups or Graphite are behind or away. Nothing is lost: they catch up from the log.{' '}
          {age}
        </Notice>
      );
    case 'no_data':
      return (
        <Notice kind="quiet" title="No figures yet">
          A minute appears here a few seconds after its end, once somebody watches.
          {subject.kind === 'stream' && subject.name !== null && (
            <>
              {' '}
              What players need stands under <i>Embed</i> in{' '}
              <a href={address({ page: 'settings', key: subject.name })}>the settings</a>.
            </>
          )}
        </Notice>
      );
  }
}

/** Says so when sums are of a part of the range. */
export function PartialNotice(props: {
  readonly range: MetricsAnswer<'state'>;
  /** Where that isn't what of the range itself is unknown. */
  readonly steps?: PartialSteps;
}) {
  const { range, steps = unknownSteps(range) } = props;
  const { unknown, of } = steps;
  if (unknown === 0) return null;
  const what = range.stepMs === range.intervalMs ? 'minutes' : `steps of ${duration(range.stepMs)}`;
  return (
    <Notice kind="warning" title={`Partial: ${unknown} of ${of} ${what} are not known`}>
      Sums and peaks are of the others; charts have gaps there.
    </Notice>
  );
}

/** Says so where nothing is told of how it is watched: zeros of that are no figures. */
export function WatchedOnlyNotice({ range }: { readonly range: MetricsAnswer<'summary'> }) {
  if (!isWatchedOnly(range)) return null;
  return (
    <Notice kind="quiet" title="These players tell only that somebody watches">
      They report no bytes, views, stalls or errors, as those of the snippet don’t: none of that is
      known here, and its charts stay at 0.
    </Notice>
  );
}

/** In place of charts where a range has nothing that is known. */
export function UnknownNotice({ range }: { readonly range: MetricsAnswer<'charts'> }) {
  const { times, stepMs, intervalMs } = range;
  const isGoingOn = (times.at(-1) ?? 0) + stepMs > portalClock.nowMs();
  if (stepMs === intervalMs || !isGoingOn) {
    return <Notice kind="quiet" title="Nothing is known of this range" />;
  }
  return (
    <Notice kind="quiet" title="Nothing is known of this range yet">
      So long a range is told in steps of {duration(stepMs)}, each once all of it is known. A
      shorter one tells more.
    </Notice>
  );
}
