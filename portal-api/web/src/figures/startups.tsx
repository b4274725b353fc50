import { Histogram } from '../charts/histogram.js';
import { useMetrics } from '../data/metrics.js';
import { FailureNotice } from '../parts/notice.js';
import type { Subject } from '../place.js';
import type { Range } from '../time/range.js';
import { startupTexts } from './startup-buckets.js';

interface StartupFiguresProps {
  readonly subject: Subject;
  readonly range: Range;
  /** When the figures beside were read; these are read anew with them. */
  readonly readAtMs: number;
  /** True: the players tell of no start. */
  readonly isUntold: boolean;
}

const title = 'Start-up times';

/** How many started how fast. */
export function StartupFigures({ subject, range, readAtMs, isUntold }: StartupFiguresProps) {
  const { value, failure } = useMetrics(subject, range, 'startups', undefined, readAtMs);
  if (value !== undefined) {
    const { times, stepMs } = value;
    const texts = startupTexts(value, isUntold);
    return <Histogram title={title} times={times} stepMs={stepMs} unit="starts" {...texts} />;
  }
  return (
    <section class="card" aria-labelledby="startups-title">
      <h2 id="startups-title">{title}</h2>
      <FailureNotice failure={failure} shownFromMs={0} />
      {failure === undefined && <p class="note">Loading…</p>}
    </section>
  );
}
