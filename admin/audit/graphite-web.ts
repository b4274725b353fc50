import type { MinuteSpan } from '../../clickhouse/index.js';
import {
  allTargets,
  AnswerTooLarge,
  closedMetric,
  decodeNamePart,
  facetTargets,
  metricBase,
  ReadableSeries,
  renderClient,
  type RenderClient,
  type RenderClientOptions,
} from '../../graphite/index.js';
import type { PointsFound } from './examine.js';
import { minutePointsOf } from './points.js';

const timeoutMs = 60_000;
/** A chunk's minutes of a stream with thousands of qualities and browsers. */
const answerBytesMax = 256 * 1_024 * 1_024;
/** A stream's facets may have tens of thousands; what bounds memory is the bytes. */
const seriesMax = 1_000_000;

/** graphite-web as the audit reads it. Rejects with an AppError, `graphite_unavailable`. */
export class GraphiteWeb {
  readonly #client: RenderClient;
  readonly #readable: ReadableSeries;

  constructor(
    server: Pick<RenderClientOptions, 'url' | 'authorization'>,
    private readonly prefix: string,
    private readonly intervalMs: number,
    bytesMax = answerBytesMax,
  ) {
    this.#client = renderClient({ ...server, timeoutMs, answerBytesMax: bytesMax, seriesMax });
    this.#readable = new ReadableSeries(this.#client, Date.now);
  }

  /** The streams that have any metric. */
  streams(): Promise<string[]> {
    return this.#streamsIn(`${this.prefix}.streams.*`);
  }

  /** The streams that have any metric of facets. */
  facetStreams(): Promise<string[]> {
    return this.#streamsIn(`${this.prefix}.facets.*`);
  }

  /** As `points`, of the stream's facets. */
  facetPoints(stream: string, span: MinuteSpan): Promise<PointsFound> {
    return this.#pointsOf(facetTargets(this.prefix, stream), span);
  }

  /** As `points`, of what says how far each partition has closed. */
  closedPoints(span: MinuteSpan): Promise<PointsFound> {
    return this.#pointsOf([closedMetric(this.prefix, '*')], span);
  }

  /** Every metric's points in the span; none when minutes that old are kept in coarser steps. */
  points(stream: string, span: MinuteSpan): Promise<PointsFound> {
    return this.#pointsOf(allTargets(metricBase(this.prefix, stream)), span);
  }

  async #streamsIn(pattern: string): Promise<string[]> {
    const parts = await this.#client.find(pattern);
    return parts.map(decodeNamePart).filter((stream) => stream !== undefined);
  }

  /** By halves of the span where the answer would be too large. */
  async #pointsOf(targets: readonly string[], span: MinuteSpan): Promise<PointsFound> {
    try {
      return await this.#pointsAtOnce(targets, span);
    } catch (error) {
      if (!(error instanceof AnswerTooLarge) || span.from === span.to) throw error;
      const middle = Math.floor((span.from + span.to) / 2);
      const first = await this.#pointsOf(targets, { from: span.from, to: middle });
      const second = await this.#pointsOf(targets, { from: middle + 1, to: span.to });
      return joined(first, second);
    }
  }

  async #pointsAtOnce(targets: readonly string[], span: MinuteSpan): Promise<PointsFound> {
    const { series, unreadable } = await this.#readable.render({
      targets: [...targets],
      fromMs: span.from * this.intervalMs,
      // One minute further, so that the step can be seen though the span is a single one.
      untilMs: (span.to + 2) * this.intervalMs,
      withSteps: true,
    });
    return { points: minutePointsOf(series, span, this.intervalMs), unreadable };
  }
}

/** Of two spans, of which the second comes after the first. */
function joined(first: PointsFound, second: PointsFound): PointsFound {
  const unreadable = [...new Set([...first.unreadable, ...second.unreadable])];
  if (first.points === undefined || second.points === undefined) {
    return { points: undefined, unreadable };
  }
  const points = new Map(first.points);
  for (const [name, values] of second.points) {
    points.set(name, new Map([...(points.get(name) ?? []), ...values]));
  }
  return { points, unreadable };
}
