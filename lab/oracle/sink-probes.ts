import { metricBase, renderClient } from '../../graphite/index.js';

const answerMsMax = 4_000;
export const graphitePrefix = 'viblast';

/** Where the sinks are. */
export interface ProbedSinks {
  readonly clickhouse: { readonly url: string; readonly database: string };
  readonly graphite: { readonly render: string };
}

/** Says of a minute whether Graphite has the viewers of each of the streams. */
export function graphiteHasMinute(
  { graphite }: Pick<ProbedSinks, 'graphite'>,
  streams: readonly string[],
  intervalMs: number,
): (minute: number) => Promise<boolean> {
  const { render } = renderClient({ url: graphite.render, timeoutMs: answerMsMax });
  const targets = streams.map((stream) => `${metricBase(graphitePrefix, stream)}.viewers`);
  return async (minute) => {
    const fromMs = minute * intervalMs;
    const series = await render({ targets, fromMs, untilMs: fromMs + intervalMs });
    return targets.every((target) =>
      series.some(({ name, points }) => name === target && points.has(fromMs)),
    );
  };
}

/** Says of a minute what an aggregate over the streams' cells is in ClickHouse; 0: no answer. */
export function clickHouseCounts(
  { clickhouse }: Pick<ProbedSinks, 'clickhouse'>,
  streams: readonly string[],
  aggregate: string,
): (minute: number) => Promise<number> {
  const { url, database } = clickhouse;
  const names = streams.map((stream) => `'${stream}'`).join(', ');
  return async (minute) => {
    const response = await fetch(`${url}/?database=${database}`, {
      method: 'POST',
      body:
        `SELECT ${aggregate} FROM stream_minutes FINAL ` +
        `WHERE stream IN (${names}) AND minute = ${minute} FORMAT TabSeparated`,
      signal: AbortSignal.timeout(answerMsMax),
    });
    const text = await response.text();
    return response.ok ? Number(text) : 0;
  };
}
