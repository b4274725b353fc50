import type { MinuteSpan } from '../../clickhouse/index.js';
import {
  allTargets,
  decodeNamePart,
  metricBase,
  renderClient,
  type RenderClient,
} from '../../graphite/index.js';
import { minutePointsOf, type MetricPoints } from './points.js';

const timeoutMs = 60_000;
/** A chunk's minutes of a stream with thousands of qualities and browsers. */
const answerBytesMax = 256 * 1_024 * 1_024;

/** graphite-web as the audit reads it. Rejects with an AppError, `graphite_unavailable`. */
export class GraphiteWeb {
  readonly #client: RenderClient;

  constructor(
    url: string,
    private readonly prefix: string,
    private readonly intervalMs: number,
  ) {
    this.#client = renderClient({ url, timeoutMs, answerBytesMax });
  }

  /** The streams that have any metric. */
  async streams(): Promise<string[]> {
    const parts = await this.#client.find(`${this.prefix}.streams.*`);
    return parts.map(decodeNamePart).filter((stream) => stream !== undefined);
  }

  /**
   * Every metric's points in the span; undefined when minutes that old are kept in coarser steps
   * only.
   */
  async points(stream: string, span: MinuteSpan): Promise<MetricPoints | undefined> {
    const series = await this.#client.render({
      targets: allTargets(metricBase(this.prefix, stream)),
      fromMs: span.from * this.intervalMs,
      // One minute further, so that the step can be seen though the span is a single one.
      untilMs: (span.to + 2) * this.intervalMs,
      withSteps: true,
    });
    return minutePointsOf(series, span, this.intervalMs);
  }
}
