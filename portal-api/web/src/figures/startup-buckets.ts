import { isAtLeast } from '../../../metrics/at-least.js';
import { startupBins, type MetricsAnswer } from '../api/shapes.js';
import type { Bucket } from '../charts/histogram.js';
import { count, marked } from '../format.js';
import { sumOf } from './sums.js';
import { told } from './told.js';

/** The start-up histogram as it is drawn, and what is said beside it or in its place. */
export interface StartupTexts {
  readonly buckets: readonly Bucket[];
  readonly note: string;
  readonly empty: string;
}

/** `isUntold`: whether the players tell of no start, so none that is counted says nothing. */
export function startupTexts(
  {
    series: { viewers, startupHistogram },
    atLeast,
  }: Pick<MetricsAnswer<'startups'>, 'series' | 'atLeast'>,
  isUntold: boolean,
): StartupTexts {
  const buckets = startupBins.map((bin, index) => ({
    ...namesOf(secondsOf(startupBins[index - 1] ?? 'bin_0'), secondsOf(bin)),
    colour: '--accent',
    ...told({ atLeast }, startupHistogram[bin], 'startupHistogram', bin),
  }));
  const starts = sumOf(buckets.flatMap(({ values }) => values));
  const note = 'starts by seconds till the first frame';
  if (starts === null) return { buckets, note, empty: 'Not known in this range.' };
  if (starts === 0 && isUntold) return { buckets, note, empty: 'Not told by these players.' };
  const unknown = viewers.filter(
    (value, step) => value !== null && isUnknown(buckets, step),
  ).length;
  const lacking =
    unknown === 0 ? '' : `; of ${count(unknown)} of ${count(viewers.length)} steps not known`;
  return {
    buckets,
    note: `${marked(count(starts), isAtLeast(starts))} ${note}${lacking}`,
    empty: 'Nobody started in this range.',
  };
}

function isUnknown(buckets: readonly Bucket[], step: number): boolean {
  return buckets.every(({ values }) => (values[step] ?? null) === null);
}

/** The end of a bucket: `bin_500` is 0.5, `bin_inf` has none. */
function secondsOf(bin: string): number {
  return bin === 'bin_inf' ? Infinity : Number(bin.slice('bin_'.length)) / 1_000;
}

function namesOf(from: number, to: number): { readonly name: string; readonly label: string } {
  if (to === Infinity) return { name: `over ${from} s`, label: `> ${from}` };
  if (from === 0) return { name: `up to ${to} s`, label: `≤ ${to}` };
  return { name: `${from} to ${to} s`, label: `${from}–${to}` };
}
