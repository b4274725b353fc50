import type { MinuteSpan } from '../../clickhouse/index.js';
import { decodeNamePart, metricBase } from '../../graphite/index.js';
import { AppError, messageOf } from '../../service/errors.js';
import { minutePointsOf, type MetricPoints, type RenderedSeries } from './points.js';

const requestTimeoutMs = 60_000;
/** A request only reads, so one without an answer (a connection that was just closed, say) is asked again. */
const attemptsMax = 3;

/** How deep metrics go below a stream: `browsers_by_quality.<quality>.<browser>`. */
const depths = ['*', '*.*', '*.*.*'];

/** graphite-web as the audit reads it. Rejects with an AppError, `graphite_unavailable`. */
export class GraphiteWeb {
  constructor(
    private readonly url: string,
    private readonly prefix: string,
    private readonly intervalMs: number,
  ) {}

  /** The streams that have any metric. */
  async streams(): Promise<string[]> {
    const query = new URLSearchParams({ query: `${this.prefix}.streams.*` });
    const nodes = await this.#ask(`metrics/find?${query.toString()}`);
    if (!Array.isArray(nodes)) throw failure('the answer of /metrics/find is no list');
    return nodes.flatMap((node: unknown) => {
      const name = typeof node === 'object' && node !== null && 'text' in node ? node.text : '';
      const stream = typeof name === 'string' ? decodeNamePart(name) : undefined;
      return stream === undefined ? [] : [stream];
    });
  }

  /** Every metric's points in the span; undefined when minutes that old are kept in coarser steps only. */
  async points(stream: string, span: MinuteSpan): Promise<MetricPoints | undefined> {
    const base = metricBase(this.prefix, stream);
    const body = new URLSearchParams();
    for (const depth of depths) body.append('target', `${base}.${depth}`);
    body.append('format', 'json');
    body.append('noCache', '1');
    body.append('from', String((span.from * this.intervalMs) / 1_000 - 1));
    // One step further, so that the step can be seen though the span is a single minute.
    body.append('until', String(((span.to + 1) * this.intervalMs) / 1_000));
    const series = await this.#ask('render', body);
    return minutePointsOf(series as readonly RenderedSeries[], span, this.intervalMs);
  }

  async #ask(path: string, body?: URLSearchParams): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(`${this.url.replace(/\/$/, '')}/${path}`, {
          ...(body === undefined ? {} : { method: 'POST', body }),
          signal: AbortSignal.timeout(requestTimeoutMs),
        });
        if (!response.ok) throw failure(`HTTP ${response.status} at ${this.url}`);
        return await response.json();
      } catch (error) {
        if (error instanceof AppError) throw error;
        const reason = error instanceof Error ? (error.cause ?? error) : error;
        if (attempt >= attemptsMax) throw failure(`${this.url}: ${messageOf(reason)}`, error);
      }
    }
  }
}

function failure(detail: string, cause?: unknown): AppError {
  return new AppError('graphite_unavailable', `Graphite: ${detail}`, { retryable: true, cause });
}
