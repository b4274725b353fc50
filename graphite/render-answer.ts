/**
 * A metric's points: value by the minute's start in Unix ms. Minutes without a value are absent.
 */
export type SeriesPoints = ReadonlyMap<number, number>;

export interface Series {
  readonly name: string;
  readonly points: SeriesPoints;
  /** The time from one point to the next, if it was asked for and there are two. */
  readonly stepMs?: number;
}

/** A metric's values step by step; `NaN` where there is none. */
export interface Column {
  readonly name: string;
  readonly fromMs: number;
  readonly stepMs: number;
  readonly values: Float64Array;
}

export type Parsed<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly reason: string; readonly isTooLarge?: true };

const tooManySeries = { ok: false, reason: 'too many series', isTooLarge: true } as const;

/**
 * Reads the JSON of graphite-web's `/render`: a list of `{target, datapoints: [[value, seconds]]}`.
 */
export function parseRenderAnswer(
  text: string,
  { seriesMax, withSteps }: { readonly seriesMax: number; readonly withSteps: boolean },
): Parsed<readonly Series[]> {
  const list = parseList(text, 'series');
  if (!list.ok) return list;
  if (list.answer.length > seriesMax) return tooManySeries;
  const series: Series[] = [];
  for (const item of list.answer) {
    const one = parseSeries(item, withSteps);
    if (one === undefined) return { ok: false, reason: 'a series has another form' };
    series.push(one);
  }
  return { ok: true, answer: series };
}

/**
 * Reads graphite-web's raw format: lines of `name,start,end,step|value,value …`, times in seconds.
 */
export function parseColumnsAnswer(text: string, seriesMax: number): Parsed<readonly Column[]> {
  const columns: Column[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (columns.length >= seriesMax) return tooManySeries;
    const column = parseColumn(line);
    if (column === undefined) return { ok: false, reason: 'a series has another form' };
    columns.push(column);
  }
  return { ok: true, answer: columns };
}

function parseColumn(line: string): Column | undefined {
  const [, name, from, , step, list] = columnShape.exec(line) ?? [];
  if (name === undefined || list === undefined) return undefined;
  const stepMs = Number(step) * 1_000;
  const texts = list === '' ? [] : list.split(',');
  const values = new Float64Array(texts.length);
  for (const [at, value] of texts.entries()) values[at] = value === 'None' ? NaN : Number(value);
  return { name, fromMs: Number(from) * 1_000, stepMs, values };
}

const columnShape = /^([^,|]+),(\d+),(\d+),(\d+)\|([-+0-9.,eNoainf]*)$/;

/** Reads the JSON of graphite-web's `/metrics/find`: a list of `{text}`, a name's last part. */
export function parseFindAnswer(text: string): Parsed<readonly string[]> {
  const list = parseList(text, 'nodes');
  if (!list.ok) return list;
  const names: string[] = [];
  for (const item of list.answer) {
    const isNode = typeof item === 'object' && item !== null && 'text' in item;
    if (!isNode || typeof item.text !== 'string') {
      return { ok: false, reason: 'a node has another form' };
    }
    names.push(item.text);
  }
  return { ok: true, answer: names };
}

/** Reads the JSON of graphite-web's `/metrics/expand`: `{results}`, a list of full names. */
export function parseExpandAnswer(text: string): Parsed<readonly string[]> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const { answer } = json;
  const results =
    typeof answer === 'object' && answer !== null && 'results' in answer ? answer.results : null;
  if (!Array.isArray(results) || !results.every((name) => typeof name === 'string')) {
    return { ok: false, reason: 'the answer has no list of names' };
  }
  return { ok: true, answer: results };
}

function parseJson(text: string): Parsed<unknown> {
  try {
    return { ok: true, answer: JSON.parse(text) };
  } catch {
    return { ok: false, reason: 'the answer is not JSON' };
  }
}

function parseList(text: string, what: string): Parsed<readonly unknown[]> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const { answer } = json;
  if (!Array.isArray(answer)) return { ok: false, reason: `the answer is not a list of ${what}` };
  return { ok: true, answer: answer as unknown[] };
}

function parseSeries(item: unknown, withSteps: boolean): Series | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  if (!('target' in item) || !('datapoints' in item)) return undefined;
  const { target, datapoints } = item;
  if (typeof target !== 'string' || !Array.isArray(datapoints)) return undefined;
  const points = new Map<number, number>();
  const firstTwoMs: number[] = [];
  for (const datapoint of datapoints as unknown[]) {
    if (!Array.isArray(datapoint)) return undefined;
    const [value, seconds] = datapoint as unknown[];
    if (typeof seconds !== 'number') return undefined;
    const timeMs = seconds * 1_000;
    if (withSteps && firstTwoMs.length < 2) firstTwoMs.push(timeMs);
    if (value === null) continue;
    if (typeof value !== 'number') return undefined;
    points.set(timeMs, value);
  }
  const [firstMs, secondMs] = firstTwoMs;
  if (firstMs === undefined || secondMs === undefined) return { name: target, points };
  return { name: target, points, stepMs: secondMs - firstMs };
}
