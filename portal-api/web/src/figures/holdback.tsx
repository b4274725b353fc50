import { isAtLeast } from '../../../metrics/at-least.js';
import { fetchHoldback, type Span } from '../api/figures.js';
import type { HoldbackAnswer, HoldbackVerdict } from '../api/shapes.js';
import { usePolled } from '../data/polled.js';
import { absent, bitrate, count, finePercent, milliseconds } from '../format.js';
import { Figure } from '../parts/figure.js';
import { FailureNotice } from '../parts/notice.js';

const everyMs = 60_000;
const figures = {
  stall_ratio: { name: 'Stalled', side: 'stallRatio', text: finePercent },
  startup: { name: 'Start-up, mean', side: 'startupMeanMs', text: milliseconds },
  bitrate: { name: 'Bitrate', side: 'bitrateKbps', text: bitrate },
} as const;
const verdicts = {
  better: { sign: '▲', words: 'better with peers' },
  worse: { sign: '▼', words: 'worse with peers' },
  unclear: { sign: '≈', words: 'can’t tell' },
} as const;

/** What peers do to viewers, judged by the sessions that get none. */
export function Holdback(props: {
  readonly stream: string;
  readonly span: () => Span;
  readonly spanKey: string;
}) {
  const { value, valueAtMs, failure } = usePolled(
    `holdback ${props.stream} ${props.spanKey}`,
    (signal) => fetchHoldback(props.stream, props.span(), signal),
    everyMs,
  );
  return (
    <section class="card wide" aria-labelledby="holdback-title">
      <h2 id="holdback-title">What peers do to viewers</h2>
      <FailureNotice failure={failure} shownFromMs={valueAtMs} />
      {value === undefined && failure === undefined && <p class="note">Comparing…</p>}
      {value !== undefined && <Comparison answer={value} />}
    </section>
  );
}

function Comparison({ answer }: { readonly answer: HoldbackAnswer }) {
  const { percent: held, withPeers, heldBack, verdicts: told } = answer;
  const isJudged = told.some(({ difference }) => difference !== null);
  const isClear = told.every(({ verdict }) => verdict !== 'unclear');
  return (
    <>
      <p class="note">
        {held === 0 ? 'All sessions get peers by now' : `${held} % of sessions get no peers`}:{' '}
        <Views played={heldBack?.viewsPlayed ?? null} /> views held back against{' '}
        <Views played={withPeers?.viewsPlayed ?? null} /> with peers.{' '}
        {isJudged
          ? 'In 95 of 100 comparisons all three intervals hold.'
          : 'That is too little to tell.'}{' '}
        {!isClear && 'A longer range, or a larger share that is held back, tells more.'}
      </p>
      <div class="scroll-x" tabIndex={0} role="region" aria-label="Verdicts, table">
        <table class="verdicts">
          <thead>
            <tr>
              {['Figure', 'Verdict', 'With peers', 'Held back', 'Difference', 'Interval'].map(
                (name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {answer.verdicts.map((verdict) => (
              <VerdictRow key={verdict.figure} verdict={verdict} answer={answer} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Views({ played }: { readonly played: number | null }) {
  return <Figure text={count(played)} isMarked={isAtLeast(played)} />;
}

function VerdictRow(props: { readonly verdict: HoldbackVerdict; readonly answer: HoldbackAnswer }) {
  const { verdict, answer } = props;
  const { name, side, text } = figures[verdict.figure];
  const { sign, words } = verdicts[verdict.verdict];
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class={`verdict verdict-${verdict.verdict}`}>
        <span aria-hidden="true">{sign} </span>
        {words}
      </td>
      <td>{text(answer.withPeers?.[side] ?? null)}</td>
      <td>{text(answer.heldBack?.[side] ?? null)}</td>
      <td>{signed(verdict.difference, text)}</td>
      <td>
        {verdict.low === null
          ? absent
          : `${signed(verdict.low, text)} to ${signed(verdict.high, text)}`}
      </td>
    </tr>
  );
}

function signed(value: number | null, text: (value: number | null) => string): string {
  if (value === null || value === 0) return text(value);
  return `${value < 0 ? '−' : '+'}${text(Math.abs(value))}`;
}
