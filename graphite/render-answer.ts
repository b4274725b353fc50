import { graphiteLimits } from './limits.js';

/** A metric's points: value by the minute's start in Unix ms. A minute without a point is absent. */
export type SeriesPoints = ReadonlyMap<number, number>;

export interface Series {
  readonly name: string;
  readonly points: SeriesPoints;
}

export type RenderAnswer =
  | { readonly ok: true; readonly series: readonly Series[] }
  | { readonly ok: false; readonly reason: string };

/** Reads the JSON of graphite-web's `/render`: a list of `{target, datapoints: [[value, seconds]]}`. */
export function parseRenderAnswer(text: string): RenderAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'the answer is not JSON' };
  }
  if (!Array.isArray(answer)) return { ok: false, reason: 'the answer is not a list of series' };
  if (answer.length > graphiteLimits.seriesMax) return { ok: false, reason: 'too many series' };
  const series: Series[] = [];
  for (const item of answer as unknown[]) {
    const one = parseSeries(item);
    if (one === undefined) return { ok: false, reason: 'a series has another form' };
    series.push(one);
  }
  return { ok: true, series };
}

function parseSeries(item: unknown): Series | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  if (!('target' in item) || !('datapoints' in item)) return undefined;
  const { target, datapoints } = item;
  if (typeof target !== 'string' || !Array.isArray(datapoints)) return undefined;
  const points = new Map<number, number>();
  for (const datapoint of datapoints as unknown[]) {
    if (!Array.isArray(datapoint)) return undefined;
    const [value, seconds] = datapoint as unknown[];
    if (value === null) continue;
    if (typeof value !== 'number' || typeof seconds !== 'number') return undefined;
    points.set(seconds * 1_000, value);
  }
  return { name: target, points };
}
