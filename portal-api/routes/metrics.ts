import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { RegisteredStream } from '../../registry/index.js';
import { metricsCsv } from '../metrics/metrics-csv.js';
import type { MetricsReader, MetricsSubject, NowMetrics } from '../metrics/metrics-reader.js';
import { SharedAnswer } from '../metrics/shared-answer.js';
import { portalLimits } from '../limits.js';
import { Problem, problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { MetricsAnswer, NowAnswer, RangeQuery } from './metric-shapes.js';
import { existing } from './streams.js';

const hourMs = 3_600_000;
const tags = ['metrics'];

export interface MetricRouteOptions {
  readonly catalog: StreamCatalog;
  readonly metrics: MetricsReader;
  readonly now: () => number;
}

/** What Graphite has, of one stream or of all, in a range or now. */
export function metricRoutes(options: MetricRouteOptions): FastifyPluginCallbackTypebox {
  const { catalog, metrics, now } = options;

  const subjectOf = (key: string): MetricsSubject => ({
    stream: key,
    knownFromMs: catalog.registeredAtMs(key) ?? now(),
  });

  const nowShared = new SharedAnswer(
    async () => {
      const streams = catalog.streams().filter(({ isArchived }) => !isArchived);
      const answer = await metrics.now(streams.map(({ key }) => subjectOf(key)));
      return nowAnswer(streams, answer, metrics.intervalMs);
    },
    portalLimits.nowValuesAgeMsMax,
    now,
  );

  return (app, _options, done) => {
    app.get(
      '/streams/:key/metrics',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: "A stream's metrics, minute by minute",
          params: Type.Object({ key: Type.String() }),
          querystring: RangeQuery,
          response: { 200: MetricsAnswer, default: Problem },
        },
      },
      async (request, reply) => {
        const { key } = existing(catalog, request.actor, request.params.key);
        return sendRange(options, reply, subjectOf(key), request.query);
      },
    );

    app.get(
      '/total/metrics',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'The metrics over all streams, minute by minute',
          querystring: RangeQuery,
          response: { 200: MetricsAnswer, default: Problem },
        },
      },
      async (request, reply) => {
        const keys = catalog.streams().map(({ key }) => key);
        const knownFromMs = Math.min(...keys.map((key) => subjectOf(key).knownFromMs));
        return sendRange(options, reply, { stream: undefined, knownFromMs }, request.query);
      },
    );

    app.get(
      '/now',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'The latest minute of every stream that is not archived',
          response: { 200: NowAnswer, default: Problem },
        },
      },
      () => nowShared.get(),
    );
    done();
  };
}

async function sendRange(
  { metrics, now }: MetricRouteOptions,
  reply: FastifyReply,
  subject: MetricsSubject,
  query: RangeQuery,
): Promise<FastifyReply> {
  const { fromMs, untilMs } = minutesOf(query, metrics.intervalMs, now());
  const answer = await metrics.range(subject, fromMs, untilMs);
  if (query.format === 'csv') {
    const name = `${encodeURIComponent(subject.stream ?? 'total')}-${fromMs}-${untilMs}.csv`;
    return reply
      .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
      .type('text/csv; charset=utf-8')
      .serializer((text: string) => text)
      .send(metricsCsv(answer.times, answer.series));
  }
  const { intervalMs } = metrics;
  const { state, lastMinuteAtMs, times, series } = answer;
  const stream = subject.stream ?? null;
  return reply.send({ stream, intervalMs, state, lastMinuteAtMs, times, series });
}

function nowAnswer(
  streams: readonly RegisteredStream[],
  { total, streams: values, times, state, lastMinuteAtMs }: NowMetrics,
  intervalMs: number,
): NowAnswer {
  return {
    intervalMs,
    state,
    lastMinuteAtMs,
    times: [...times],
    total,
    streams: streams.flatMap(({ key, title, renditions }, index) => {
      const value = values[index];
      return value === undefined ? [] : [{ key, title, renditions: [...renditions], ...value }];
    }),
  };
}

/**
 * The whole minutes of a query. Throws a problem when there are none, or too many for one answer.
 */
function minutesOf(
  query: RangeQuery,
  intervalMs: number,
  nowMs: number,
): { readonly fromMs: number; readonly untilMs: number } {
  const until = query.until ?? nowMs;
  const from = query.from ?? Math.max(0, until - hourMs);
  if (from >= until) throw problem(400, 'invalid', 'from: must be before until', 'from');
  const fromMs = Math.floor(from / intervalMs) * intervalMs;
  const untilMs = Math.ceil(until / intervalMs) * intervalMs;
  const minutes = (untilMs - fromMs) / intervalMs;
  if (minutes > portalLimits.minutesMax) {
    const secondsMax = (portalLimits.minutesMax * intervalMs) / 1_000;
    throw problem(400, 'invalid', `from: the range may have ${secondsMax} s at most`, 'from');
  }
  return { fromMs, untilMs };
}
