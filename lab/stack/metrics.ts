/** Values by series as Prometheus writes it: `name{label="value"}`. */
export type Series = ReadonlyMap<string, number>;

/** Reads the text that a service answers to `/metrics`. */
export function parseMetrics(text: string): Series {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    const end = line.lastIndexOf(' ');
    if (!line.startsWith('#') && end > 0) series.set(line.slice(0, end), Number(line.slice(end)));
  }
  return series;
}

/** As long as Prometheus waits, by itself. */
const answerMsMax = 10_000;

/** Asks a service for its metrics; `admin`: the host and port that it tells them on. */
export async function readMetrics({ admin }: { readonly admin: string }): Promise<Series> {
  const response = await fetch(`http://${admin}/metrics`, {
    signal: AbortSignal.timeout(answerMsMax),
  });
  return parseMetrics(await response.text());
}

/** Series of several processes added up. */
export function sumOf(all: readonly Series[]): Series {
  const sums = new Map<string, number>();
  for (const series of all) {
    for (const [name, value] of series) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return sums;
}

/** The sum of all series of a metric that have its labels: `name`, or `name{label="value"}`. */
export function metricSum(series: Series, metric: string): number {
  const [wanted, labels] = partsOf(metric);
  let sum = 0;
  for (const [one, value] of series) {
    const [name, found] = partsOf(one);
    if (name === wanted && labels.every((label) => found.includes(label))) sum += value;
  }
  return sum;
}

/** The name and its labels; no label's value of ours has a comma in it. */
function partsOf(series: string): readonly [name: string, labels: readonly string[]] {
  const [name = '', labels = ''] = series.replace(/}$/, '').split('{');
  return [name, labels === '' ? [] : labels.split(',')];
}

/** By how much each series has grown. */
export function growth(before: Series, after: Series): Series {
  const grown = new Map<string, number>();
  for (const [name, value] of after) grown.set(name, value - (before.get(name) ?? 0));
  return grown;
}
