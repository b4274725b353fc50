import { ratioOf } from '../figures/sums.js';
import { count, percent } from '../format.js';
import { Figure } from '../parts/figure.js';

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** True: it means at least what it tells. */
  readonly isMarked: boolean;
}

/**
 * Shares of a whole as horizontal bars, largest first. A list to screen readers, with all figures.
 */
export function Bars({ bars, unit }: { readonly bars: readonly Bar[]; readonly unit: string }) {
  const sum = bars.reduce((before, { value }) => before + value, 0);
  return (
    <ul class="bars">
      {bars
        .toSorted((left, right) => right.value - left.value)
        .map(({ name, value, isMarked }) => (
          <li key={name}>
            <span class="bar-name">{name}</span>
            <span class="bar-track" aria-hidden="true">
              <span class="bar" style={{ width: `${sum === 0 ? 0 : (value / sum) * 100}%` }} />
            </span>
            <span class="bar-value">
              <Figure text={count(value)} isMarked={isMarked} />
              <span class="for-screen-readers"> {unit},</span>
            </span>
            <span class="bar-share">{percent(isMarked ? null : ratioOf(value, sum))}</span>
          </li>
        ))}
    </ul>
  );
}
