import { addressOf, isOffered, isPlainClick, rangeNames, type Place } from './place.js';

const labels = { '15m': '15 minutes', '1h': '1 hour', '6h': '6 hours', '24h': '24 hours' } as const;

/**
 * How far back the charts go: links, so that each can be kept, shared and opened beside another.
 */
export function RangeChoice(props: {
  readonly place: Place;
  readonly go: (place: Place) => void;
  readonly intervalMs: number;
}) {
  const { place, go, intervalMs } = props;
  return (
    <nav class="choice" aria-label="Time range">
      {rangeNames
        .filter((range) => isOffered(range, intervalMs))
        .map((range) => (
          <a
            key={range}
            href={addressOf({ ...place, range })}
            title={labels[range]}
            aria-label={labels[range]}
            aria-current={place.range === range ? 'true' : undefined}
            onClick={(event) => {
              if (!isPlainClick(event)) return;
              event.preventDefault();
              go({ ...place, range });
            }}
          >
            {range}
          </a>
        ))}
    </nav>
  );
}
