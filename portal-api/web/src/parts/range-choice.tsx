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
          const from = zone.ofInput(textOf(fields, 'from'));
          const until = zone.ofInput(textOf(fields, 'until'));
          if (from === undefined || until === undefined || from >= until) {
            setTrouble('The beginning has to be before the end.');
            return;
          }
          setTrouble('');
          event.currentTarget.closest('details')?.removeAttribute('open');
          go(withRange({ kind: 'span', fromMs: from, untilMs: until }));
        }}
      >
        <label>
          From
          <input type="datetime-local" name="from" required defaultValue={zone.inputText(fromMs)} />
        </label>
        <label>
          Until
          <input
            type="datetime-local"
            name="until"
            required
            defaultValue={zone.inputText(untilMs)}
          />
        </label>
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
