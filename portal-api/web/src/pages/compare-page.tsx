import { isAtLeast } from '../../../metrics/at-least.js';
import { fetchMetrics, fetchNow, type Span } from '../api/figures.js';
import type { MetricsAnswer, PeakAnswer } from '../api/shapes.js';
import { inEqualSteps, stepsMeet } from '../data/equal-steps.js';
import { usePeak } from '../data/metrics.js';
import { usePolled } from '../data/polled.js';
import { knownOnBothSides, peakWithin, stepsUnknownToASide } from '../figures/both-sides.js';
import { ComparedCharts } from '../figures/compared-charts.js';
import { PartialNotice, WatchedOnlyNotice } from '../figures/figures-state.js';
import { peakName } from '../figures/subject-kpis.js';
import { isWatchedOnly, summaryOf, type Summary } from '../figures/sums.js';
import {
  absent,
  bitrate,
  bytes,
  count,
  duration,
  finePercent,
  milliseconds,
  percent,
} from '../format.js';
import { usePage } from '../page-context.js';
import { Heading } from '../parts/heading.js';
import { Figure } from '../parts/figure.js';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.js';
import { RangeChoice } from '../parts/range-choice.js';
import {
  allStreams,
  earlierMs,
  earlierNames,
  type Comparison,
  type EarlierName,
  type Subject,
  type View,
} from '../place.js';
import { portalClock } from '../time/portal-clock.js';
import { spanOf, type Range } from '../time/range.js';

const everyMs = 60_000;
const namesEveryMs = 60_000;

/** Two streams beside each other, or one beside itself some time earlier. */
export function ComparePage({ comparison }: { readonly comparison: Comparison }) {
  const { left, right, range } = comparison;
  const to = (part: Partial<Comparison>): View => ({
    page: 'compare',
    comparison: { ...comparison, ...part },
  });
  return (
    <>
      <Heading title="Compare">
        <RangeChoice range={range} withRange={(next) => to({ range: next })} />
      </Heading>
      <Sides comparison={comparison} to={to} />
      {left === '' || right === '' ? (
        <Notice kind="quiet" title="Choose what to compare">
          Two streams, or one with itself an hour, a day or a week earlier.
        </Notice>
      ) : (
        <Compared comparison={comparison} to={to} />
      )}
    </>
  );
}

interface SidesProps {
  readonly comparison: Comparison;
  readonly to: (part: Partial<Comparison>) => View;
}

const earlierTexts: Readonly<Record<EarlierName, string>> = {
  no: 'at the same time',
  '1h': 'an hour earlier',
  '1d': 'a day earlier',
  '7d': 'a week earlier',
};

function Sides({ comparison, to }: SidesProps) {
  const { go } = usePage();
  const { value } = usePolled('names', (signal) => fetchNow(allStreams, signal), namesEveryMs);
  const keys = value?.streams.map(({ key }) => key) ?? [];
  const { left, right, earlier } = comparison;
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <StreamField label="Stream" value={left} choose={(key) => go(to({ left: key }), 'replace')} />
      <StreamField label="with" value={right} choose={(key) => go(to({ right: key }), 'replace')} />
      <label>
        When
        <select
          value={earlier}
          onChange={(event) => {
            const { value: name } = event.currentTarget;
            go(to({ earlier: earlierNames.find((one) => one === name) ?? 'no' }), 'replace');
          }}
        >
          {earlierNames.map((name) => (
            <option key={name} value={name}>
              {earlierTexts[name]}
            </option>
          ))}
        </select>
      </label>
      <datalist id="stream-keys">
        {keys.map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
    </form>
  );
}

function StreamField(props: {
  readonly label: string;
  readonly value: string;
  readonly choose: (key: string) => void;
}) {
  const { label, value, choose } = props;
  return (
    <label>
      {label}
      <input
        list="stream-keys"
        placeholder="key"
        autocomplete="off"
        value={value}
        onChange={(event) => choose(event.currentTarget.value.trim())}
      />
    </label>
  );
}

/** A stream, and what of it is compared. */
interface Side {
  readonly key: string;
  readonly subject: Subject;
  readonly span: () => Span;
}

function sideOf(name: string, range: Range, backMs: number): Side {
  return {
    key: JSON.stringify([name, range, backMs]),
    subject: { kind: 'stream', name },
    span: () => moved(spanOf(range, portalClock.nowMs()), backMs),
  };
}

function usePeakOf(
  { key, subject, span }: Side,
  metrics: MetricsAnswer<'summary'> | undefined,
): PeakAnswer | undefined {
  return usePeak(subject, metrics, span, key, everyMs);
}

function Compared({ comparison, to }: SidesProps) {
  const { go } = usePage();
  const { left, right, range, earlier } = comparison;
  const backMs = earlierMs[earlier];
  const sides = [sideOf(left, range, 0), sideOf(right, range, backMs)] as const;
  const { value, valueAtMs, failure } = usePolled(
    `compare ${sides.map(({ key }) => key).join(' ')}`,
    (signal) => {
      const ask = ({ subject, span }: Side) => {
        const asked = span();
        return (stepMsMin: number) => fetchMetrics(subject, asked, 'summary', signal, stepMsMin);
      };
      return inEqualSteps([ask(sides[0]), ask(sides[1])]);
    },
    everyMs,
  );
  const onePeak = usePeakOf(sides[0], value?.[0]);
  const otherPeak = usePeakOf(sides[1], value?.[1]);
  if (value === undefined) {
    return failure === undefined ? (
      <Skeleton kinds={['strip', 'chart', 'chart']} />
    ) : (
      <FailureNotice failure={failure} shownFromMs={0} />
    );
  }
  const [one, other] = value;
  if (!stepsMeet(value, backMs)) {
    const steps = duration(Math.max(one.stepMs, other.stepMs));
    return (
      <Notice kind="warning" title={`Steps of ${steps} can’t be laid over each other here`}>
        So long a range is told in these. A shorter one can be compared, or one of a day or a week
        earlier.
      </Notice>
    );
  }
  const shared = knownOnBothSides(value, backMs);
  const summaries = summariesOf(...shared, onePeak, otherPeak);
  const names = [left, earlier === 'no' ? right : `${right}, ${earlierTexts[earlier]}`] as const;
  return (
    <div class="figures">
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      <PartialNotice range={one} steps={stepsUnknownToASide(value, backMs)} />
      <WatchedOnlyNotice range={isWatchedOnly(one) ? one : other} />
      <Summaries names={names} intervalMs={one.intervalMs} {...summaries} />
      <ComparedCharts
        names={names}
        one={one}
        other={other}
        backMs={backMs}
        onZoom={(span) => go(to({ range: { kind: 'span', ...span } }))}
      />
    </div>
  );
}

/** Of both the peak minute or of both the highest mean: one with the other says nothing. */
function summariesOf(
  one: MetricsAnswer<'summary'>,
  other: MetricsAnswer<'summary'>,
  onePeak: PeakAnswer | undefined,
  otherPeak: PeakAnswer | undefined,
): { readonly one: Summary; readonly other: Summary } {
  const exact = {
    one: summaryOf(one, peakWithin(one, onePeak)),
    other: summaryOf(other, peakWithin(other, otherPeak)),
  };
  return exact.one.peakOfMs === exact.other.peakOfMs
    ? exact
    : { one: summaryOf(one), other: summaryOf(other) };
}

function moved({ fromMs, untilMs }: Span, backMs: number): Span {
  return { fromMs: fromMs - backMs, untilMs: untilMs - backMs };
}

const summaryRows: readonly {
  readonly name: string;
  readonly of: keyof Summary;
  readonly text: (value: number | null) => string;
}[] = [
  { name: 'Peak', of: 'peak', text: count },
  { name: 'Views', of: 'views', text: count },
  { name: 'Offload', of: 'offload', text: percent },
  { name: 'Bytes saved', of: 'peerBytes', text: bytes },
  { name: 'From the CDN', of: 'cdnBytes', text: bytes },
  { name: 'Stalled', of: 'stallRatio', text: percent },
  { name: 'Start-up, half within', of: 'startupMs', text: milliseconds },
  { name: 'Bitrate', of: 'bitrateKbps', text: bitrate },
  { name: 'Failed starts', of: 'failedStarts', text: count },
];

function Summaries(props: {
  readonly names: readonly [string, string];
  readonly intervalMs: number;
  readonly one: Summary;
  readonly other: Summary;
}) {
  const { names, intervalMs, one, other } = props;
  return (
    <section class="card wide" aria-label="Side by side">
      <div class="scroll-x" tabIndex={0} role="region" aria-label="Side by side, table">
        <table>
          <thead>
            <tr>
              <th scope="col">In this range</th>
              <th scope="col">{names[0]}</th>
              <th scope="col">{names[1]}</th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {summaryRows.map(({ name, of, text }) => (
              <tr key={of}>
                <th scope="row">{of === 'peak' ? peakName(one.peakOfMs, intervalMs) : name}</th>
                <td>
                  <Figure text={text(one[of])} isMarked={isAtLeast(one[of])} />
                </td>
                <td>
                  <Figure text={text(other[of])} isMarked={isAtLeast(other[of])} />
                </td>
                <td>{difference(text, one[of], other[of])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/**
 * How much more the first is than the second: of a share in points of it, else in percent; nothing
 * where one is at its bound.
 */
function difference(text: typeof percent, one: number | null, other: number | null): string {
  if (one === null || other === null || isAtLeast(one) || isAtLeast(other)) return absent;
  if (text === percent) {
    const points = Math.abs(one - other);
    const size = points < 0.01 ? finePercent(points) : percent(points);
    return signed(one - other, size.replace('%', ' points'));
  }
  if (other === 0) return absent;
  const change = one / other - 1;
  const size = Math.abs(change);
  return signed(change, percent(size < 0.1 ? size : Math.round(size * 100) / 100));
}

function signed(value: number, size: string): string {
  return `${value < 0 ? '−' : '+'}${size}`;
}
