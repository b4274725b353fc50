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
  const head = line.indexOf('|') + 1;
  const [, name, from, , step] = columnHead.exec(line.slice(0, head)) ?? [];
  if (name === undefined) return undefined;
  const values = parseValues(line, head);
  if (values === undefined) return undefined;
  return { name, fromMs: Number(from) * 1_000, stepMs: Number(step) * 1_000, values };
}

const columnHead = /^([^,|]+),(\d+),(\d+),(\d+)\|$/;
const anyValue = /^(?:None|nan|-?inf|-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/;
/** Of so many digits a number is below 2^53; by a power of ten it is rounded once, as it should. */
const digitsMax = 15;
const powersOfTen = Float64Array.from({ length: digitsMax + 1 }, (_, power) => 10 ** power);
const [zero, nine, point, comma] = [0x30, 0x39, 0x2e, 0x2c];

/** Values with commas between, from a place of the line on: there are a hundred thousand. */
function parseValues(line: string, first: number): Float64Array | undefined {
  if (first === line.length) return new Float64Array(0);
  let count = 1;
  for (let at = line.indexOf(',', first); at !== -1; at = line.indexOf(',', at + 1)) count += 1;
  const values = new Float64Array(count);
  let start = first;
  for (let index = 0; index < count; index += 1) {
    let at = start;
    let digits = 0;
    let pointAt = -1;
    let number = 0;
    for (; at < line.length; at += 1) {
      const unit = line.charCodeAt(at);
      if (unit >= zero && unit <= nine) {
        number = number * 10 + unit - zero;
        digits += 1;
      } else if (unit === point && pointAt === -1) pointAt = at;
      else break;
    }
    const isWhole = at === line.length || line.charCodeAt(at) === comma;
    if (isWhole && digits > 0 && digits <= digitsMax) {
      const decimals = pointAt === -1 ? 0 : at - pointAt - 1;
      values[index] = number / (powersOfTen[decimals] ?? NaN);
      start = at + 1;
      continue;
    }
    const text = textTo(line, start);
    if (!anyValue.test(text)) return undefined;
    values[index] = Number(text);
    start += text.length + 1;
  }
  return values;
}

function textTo(line: string, start: number): string {
  const end = line.indexOf(',', start);
  return line.slice(start, end === -1 ? line.length : end);
}

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
