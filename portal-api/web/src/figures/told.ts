import { pointerTo } from '../../../metrics/at-least.js';
import type { MetricsAnswer, Values } from '../api/shapes.js';
import type { ChartSeries } from '../charts/series.js';

/** The values of a series, and in which steps they mean at least what they tell. */
export type Told = Pick<ChartSeries, 'values' | 'atLeast'>;

/** `path`: where the values stand among the answer's series. */
export function told(
  { atLeast }: Pick<MetricsAnswer<'state'>, 'atLeast'>,
  values: Values,
  ...path: readonly string[]
): Told {
  if (atLeast.length === 0) return { values };
  const steps = [...values.keys()].filter((step) =>
    atLeast.includes(pointerTo('series', ...path, step)),
  );
  return { values, atLeast: new Set(steps) };
}
