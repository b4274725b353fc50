import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { atLeastIn } from '../metrics/at-least.js';
import { metricsCsv } from '../metrics/metrics-csv.js';
import type { MetricsReader, RangeMetrics } from '../metrics/metrics-reader.js';
import { divisorOf } from '../metrics/range-series.js';
import { chosenOf } from '../metrics/series-choice.js';
import { subjectOf, totalSubject } from '../metrics/subjects.js';
import { Problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { askedRange, type AskedRange } from './asked-range.js';
import { MetricsAnswer, RangeQuery } from './metric-shapes.js';
import { seenGroup } from './seen-group.js';
import { mustSeeAll, seenStream } from './seen-stream.js';

const tags = ['metrics'];
const config = { role: 'viewer' } as const;
const response = { 200: MetricsAnswer, default: Problem };

export interface MetricRouteOptions {
  readonly catalog: StreamCatalog;
  readonly metrics: MetricsReader;
  readonly now: () => number;
}

type TypedApp = Parameters<FastifyPluginCallbackTypebox>[0];

interface Subject {
  readonly kind: 'stream' | 'group' | 'total';
  readonly name: string | null;
}

/** What Graphite has of one stream, a group or all, in a range. */
export function metricRoutes(options: MetricRouteOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    addOfStream(app, options);
    addOfGroup(app, options);
    addOfTotal(app, options);
    done();
  };
}

function addOfStream(app: TypedApp, { catalog, metrics, now }: MetricRouteOptions): void {
  app.get(
    '/streams/:key/metrics',
    {
      config,
      schema: {
        tags,
        summary: "A stream's metrics, step by step",
        params: Type.Object({ key: Type.String() }),
        querystring: RangeQuery,
        response,
      },
    },
    async (request, reply) => {
      const stream = seenStream(catalog, request.actor, request.params.key);
      const asked = askedRange(request.query, metrics.intervalMs, now());
      const answer = await metrics.range(
        subjectOf(catalog, stream, now()),
        asked.steps,
        asked.choice,
      );
      const subject = { kind: 'stream', name: stream.key } as const;
      return sendRange(reply, subject, metrics.intervalMs, asked, answer);
    },
  );
}

function addOfGroup(app: TypedApp, { catalog, metrics, now }: MetricRouteOptions): void {
  app.get(
    '/groups/:group/metrics',
    {
      config,
      schema: {
        tags,
        summary: 'The metrics of the streams of a group together, step by step',
        params: Type.Object({ group: Type.String() }),
        querystring: RangeQuery,
        response,
      },
    },
    async (request, reply) => {
      const { group } = request.params;
      const streams = seenGroup(catalog, request.actor, group, now());
      const asked = askedRange(request.query, metrics.intervalMs, now());
      const answer = await metrics.groupRange(streams, asked.steps, asked.choice);
      const subject = { kind: 'group', name: group } as const;
      return sendRange(reply, subject, metrics.intervalMs, asked, answer);
    },
  );
}

function addOfTotal(app: TypedApp, { catalog, metrics, now }: MetricRouteOptions): void {
  app.get(
    '/total/metrics',
    {
      config,
      schema: {
        tags,
        summary: 'The metrics over all streams, step by step',
        querystring: RangeQuery,
        response,
      },
    },
    async (request, reply) => {
      mustSeeAll(request.actor, 'what all streams have together');
      const asked = askedRange(request.query, metrics.intervalMs, now());
      const subjects = catalog.streams().map((stream) => subjectOf(catalog, stream, now()));
      const total = totalSubject(subjects, now());
      const answer = await metrics.range(total, asked.steps, asked.choice);
      const subject = { kind: 'total', name: null } as const;
      return sendRange(reply, subject, metrics.intervalMs, asked, answer);
    },
  );
}

function sendRange(
  reply: FastifyReply,
  subject: Subject,
  intervalMs: number,
  { steps, choice, format }: AskedRange,
  answer: RangeMetrics,
): FastifyReply {
  const series = chosenOf(answer.series, choice);
  if (format === 'csv') {
    const { fromMs, untilMs } = steps;
    const name = `${encodeURIComponent(subject.name ?? 'total')}-${fromMs}-${untilMs}.csv`;
    const { state, closedUntilMs } = answer;
    // RFC 4180 has no place for what isn't of a line.
    if (closedUntilMs !== null) reply.header('viblast-closed-until-ms', String(closedUntilMs));
    return reply
      .header('viblast-state', state)
      .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
      .type('text/csv; charset=utf-8')
      .serializer((text: string) => text)
      .send(metricsCsv({ ...answer, intervalMs }, series));
  }
  const divisor = (name: string): number => divisorOf(name, answer.stepMs, intervalMs);
  const atLeast = atLeastIn(series, divisor).map((pointer) => `/series${pointer}`);
  // Of a hundred thousand values the schema's serializer looks at each one.
  return reply
    .type('application/json; charset=utf-8')
    .serializer((body: object) => JSON.stringify(body))
    .send({ subject, intervalMs, ...answer, times: [...answer.times], series, atLeast });
}
