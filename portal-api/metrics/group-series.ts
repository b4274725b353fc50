import { bounded, isAtLeast } from './at-least.js';
import {
  addsUp,
  figureNames,
  figureTable,
  kindNames,
  kindTable,
  weightOf,
  type FigureName,
  type KindName,
} from './figure-table.js';
import type { RangeSeries } from './range-series.js';
import type { Values } from './step-values.js';

/**
 * The figures of several streams as those of one: sums and means of viewers add up, ratios and
 * bitrates are weighted by who watched, and a quantile of several can't be told.
 */
export function addedSeries(
  all: readonly RangeSeries[],
  { count, stepMs }: { readonly count: number; readonly stepMs: number },
): RangeSeries {
  // Who has no series of a name has none of its viewers, but where its viewers aren't known.
  const none: Values = Array.from({ length: count }, (_, index) =>
    all.some(({ viewers }) => (viewers[index] ?? null) === null) ? null : 0,
  );
  const singles = Object.fromEntries(
    figureNames.map((name) => [name, single(name, all, none, stepMs)]),
  ) as Record<FigureName, Values>;
  const kinds = Object.fromEntries(
    kindNames.map((name) => [
      name,
      Object.fromEntries(
        kindTable[name].kinds.map((kind) => [
          kind,
          added(
            all.map((series) => (series[name] as Record<string, Values>)[kind] ?? []),
            count,
          ),
        ]),
      ),
    ]),
  ) as Pick<RangeSeries, KindName>;
  const browsersByQuality = byName(all.map((series) => series.browsersByQuality));
  const bytesByQuality = byName(all.map((series) => series.bytesByQuality));
  return {
    ...singles,
    ...kinds,
    viewersByQuality: addedByName(
      all.map((series) => series.viewersByQuality),
      none,
    ),
    browsers: addedByName(
      all.map((series) => series.browsers),
      none,
    ),
    browsersByQuality: mapped(browsersByQuality, (ofQuality) => addedByName(ofQuality, none)),
    bytesByQuality: mapped(bytesByQuality, (ofQuality) => ({
      cdnBytes: added([none, ...ofQuality.map(({ cdnBytes }) => cdnBytes)], count),
      peerBytes: added([none, ...ofQuality.map(({ peerBytes }) => peerBytes)], count),
    })),
  };
}

function single(
  name: FigureName,
  all: readonly RangeSeries[],
  none: Values,
  stepMs: number,
): Values {
  const { fold } = figureTable[name];
  if (addsUp(fold)) {
    return added(
      all.map((series) => series[name]),
      none.length,
    );
  }
  return none.map((known, index) => {
    if (known === null) return null;
    const isAny = all.some(({ viewersAverage: of }) => isAtLeast((of[index] ?? 0) * stepMs));
    if (isAny) return null;
    const told = all.filter((series) => (series[name][index] ?? null) !== null);
    if (told.length === 1) return told[0]?.[name][index] ?? null;
    if (fold === 'quantile') return null;
    let [sum, weights] = [0, 0];
    for (const series of told) {
      const value = series[name][index] ?? 0;
      const there = {
        viewersAverage: series.viewersAverage[index] ?? 0,
        viewers: series.viewers[index] ?? 0,
      };
      const weight = weightOf(fold, value, there, stepMs);
      if (weight === null) return null;
      sum += weight * value;
      weights += weight;
    }
    return weights > 0 ? sum / weights : null;
  });
}

/** Where one of them isn't known, neither is the sum. */
function added(all: readonly Values[], count: number): Values {
  return Array.from({ length: count }, (_, index) => {
    let sum = 0;
    for (const values of all) {
      const value = values[index] ?? null;
      if (value === null) return null;
      sum += value;
    }
    return bounded(sum);
  });
}

function addedByName(
  all: readonly Readonly<Record<string, Values>>[],
  none: Values,
): Record<string, Values> {
  return mapped(byName(all), (values) => added([none, ...values], none.length));
}

function byName<Value>(all: readonly Readonly<Record<string, Value>>[]): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const record of all) {
    for (const [name, value] of Object.entries(record)) {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [value]);
      else group.push(value);
    }
  }
  return groups;
}

function mapped<Value, Result>(
  groups: ReadonlyMap<string, readonly Value[]>,
  map: (values: readonly Value[]) => Result,
): Record<string, Result> {
  return Object.fromEntries([...groups].map(([name, values]) => [name, map(values)]));
}
