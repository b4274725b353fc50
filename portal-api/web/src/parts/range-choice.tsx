import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { usePage } from '../page-context.js';
import { addressOf, type View } from '../place.js';
import { portalClock } from '../time/portal-clock.js';
import { rangeLabels, rangeNames, spanOf, type Range } from '../time/range.js';
import { textOf } from './form-text.js';

interface RangeChoiceProps {
  readonly range: Range;
  /** The view with another range. */
  readonly withRange: (range: Range) => View;
}

/**
 * How far back the charts go: links, so that each can be kept, shared and opened beside another;
 * and a span of one's own.
 */
export function RangeChoice({ range, withRange }: RangeChoiceProps) {
  const { place } = usePage();
  const { isUtc } = place;
  return (
    <div class="range">
      <nav class="choice" aria-label="Time range">
        {rangeNames.map((name) => {
          const isShown = range.kind === 'last' && range.name === name;
          return (
            <a
              key={name}
              href={addressOf({ view: withRange({ kind: 'last', name }), isUtc })}
              title={rangeLabels[name]}
              aria-current={isShown ? 'true' : undefined}
            >
              {name}
            </a>
          );
        })}
      </nav>
      <OwnSpan range={range} withRange={withRange} />
    </div>
  );
}

function OwnSpan({ range, withRange }: RangeChoiceProps) {
  const { zone, go } = usePage();
  const [trouble, setTrouble] = useState('');
  const { fromMs, untilMs } = spanOf(range, portalClock.nowMs());
  const told = (timeMs: number): string => `${zone.date(timeMs)}, ${zone.time(timeMs, 60_000)}`;
  const label = range.kind === 'span' ? `${told(fromMs)} – ${told(untilMs)}` : 'From … to …';
  return (
    <details class="own-span">
      <summary>{label}</summary>
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          const from = timeIn(fields, 'from');
          const until = timeIn(fields, 'until');
          if (from === undefined || until === undefined || from >= until) {
            setTrouble('The beginning has to be before the end.');
            return;
          }
          setTrouble('');
          event.currentTarget.closest('details')?.removeAttribute('open');
          go(withRange({ kind: 'span', fromMs: from, untilMs: until }));
        }}
      >
        {/* What was typed ends with the range that it was typed beside. */}
        <Fragment key={JSON.stringify(range)}>
          <TimeField label="From" name="from" shownMs={fromMs} />
          <TimeField label="Until" name="until" shownMs={untilMs} />
        </Fragment>
        <p class="note">Times of {zone.name}.</p>
        {trouble !== '' && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        <button type="submit">Show</button>
      </form>
    </details>
  );
}

/** A time to be typed: what is shown stays, to the ms, until somebody types another. */
function TimeField(props: {
  readonly label: string;
  readonly name: string;
  readonly shownMs: number;
}) {
  const { zone } = usePage();
  const { label, name, shownMs } = props;
  const [typed, setTyped] = useState<string>();
  const [chosen, setChosen] = useState<number>();
  const shown = zone.inputText(shownMs);
  const times = zone.timesOfInput(typed ?? shown, shownMs);
  const timeMs = times[chosen ?? -1] ?? nearest(times, shownMs);
  return (
    <>
      <label>
        {label}
        <input
          type="datetime-local"
          required
          defaultValue={shown}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      {times.length > 1 && (
        <label>
          {label}: this hour comes twice
          <select onChange={(event) => setChosen(event.currentTarget.selectedIndex)}>
            {times.map((one) => (
              <option key={one} selected={one === timeMs}>
                {zone.time(one, 60_000)}
              </option>
            ))}
          </select>
        </label>
      )}
      <input type="hidden" name={name} value={timeMs} />
    </>
  );
}

function nearest(times: readonly number[], timeMs: number): number | undefined {
  const away = (one: number): number => Math.abs(one - timeMs);
  return times.toSorted((one, other) => away(one) - away(other))[0];
}

function timeIn(fields: FormData, name: string): number | undefined {
  const text = textOf(fields, name);
  return text === '' ? undefined : Number(text);
}
