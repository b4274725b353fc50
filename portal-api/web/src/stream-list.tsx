import type { NowAnswer } from './api.js';
import { Sparkline } from './charts/sparkline.js';
import { count, percent } from './format.js';
import { addressOf, isPlainClick, type Place } from './place.js';

interface StreamListProps {
  readonly now: NowAnswer;
  readonly place: Place;
  readonly go: (place: Place) => void;
}

/** All streams with their figures of now, busiest first; each leads to its charts. */
export function StreamList({ now, place, go }: StreamListProps) {
  const streams = now.streams.toSorted(
    (left, right) =>
      (right.viewers ?? 0) - (left.viewers ?? 0) || left.title.localeCompare(right.title),
  );
  const rows = [{ key: undefined, title: 'All streams', ...now.total }, ...streams];
  return (
    <nav class="stream-list" aria-label="Streams">
      <ul>
        {rows.map(({ key, title, viewers, offload, viewersHistory }) => {
          const target = { ...place, stream: key };
          const isShown = place.stream === key;
          return (
            <li key={key ?? ''}>
              <a
                href={addressOf(target)}
                title={key}
                aria-current={isShown ? 'page' : undefined}
                onClick={(event) => {
                  if (!isPlainClick(event)) return;
                  event.preventDefault();
                  go(target);
                }}
              >
                <span class="stream-title">{title}</span>
                <Sparkline values={viewersHistory} />
                <span class="stream-viewers">
                  {count(viewers)} <small>viewers</small>
                </span>
                <span class="stream-offload">
                  {percent(offload)} <small>offload</small>
                </span>
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
