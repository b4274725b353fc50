import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { atLeastIn } from '../metrics/at-least.js';
import type { StreamGroup } from '../metrics/group-reading.js';
import type { MetricsSubject } from '../metrics/metrics-reader.js';
import { peakMinute } from '../metrics/peak-minute.js';
import { subjectOf, totalSubject } from '../metrics/subjects.js';
import { Problem } from '../problems.js';
import { askedSteps } from './asked-range.js';
import { PeakAnswer, TimesQuery } from './metric-shapes.js';
import type { MetricRouteOptions } from './metrics.js';
import { seenGroup } from './seen-group.js';
import { mustSeeAll, seenStream } from './seen-stream.js';

const tags = ['metrics'];
const config = { role: 'viewer' } as const;
const response = { 200: PeakAnswer, default: Problem };

/** The minute in which most watched a stream, a group, or all of them. */
export function peakRoutes(options: MetricRouteOptions): FastifyPluginCallbackTypebox {
  const { catalog, metrics, now } = options;
  const peakOf = async (
    subject: MetricsSubject | StreamGroup,
    query: TimesQuery,
  ): Promise<PeakAnswer> => {
    const { intervalMs } = metrics;
    const steps = askedSteps(query, intervalMs, now());
    const [closedUntilMs, peak] = await Promise.all([
      metrics.closedUntilMs(subject),
      peakMinute(metrics, subject, steps, now()),
    ]);
    return { intervalMs, closedUntilMs, ...peak, atLeast: atLeastIn(peak) };
  };
  return (app, _options, done) => {
    const params = Type.Object({ key: Type.String() });
    const summary = 'The minute of a range in which most watched';
    const schema = { tags, querystring: TimesQuery, response };
    app.get(
      '/streams/:key/peak',
      { config, schema: { ...schema, summary: `${summary} a stream`, params } },
      ({ actor, params: { key }, query }) =>
        peakOf(subjectOf(catalog, seenStream(catalog, actor, key), now()), query),
    );
    const groupParams = Type.Object({ group: Type.String() });
    app.get(
      '/groups/:group/peak',
      {
        config,
        schema: { ...schema, summary: `${summary} any stream of a group`, params: groupParams },
      },
      ({ actor, params: { group }, query }) =>
        peakOf(seenGroup(catalog, actor, group, now()), query),
    );
    app.get(
      '/total/peak',
      { config, schema: { ...schema, summary: `${summary} any stream` } },
      ({ actor, query }) => {
        mustSeeAll(actor, 'what all streams have together');
        const subjects = catalog.streams().map((stream) => subjectOf(catalog, stream, now()));
        return peakOf(totalSubject(subjects, now()), query);
      },
    );
    done();
  };
}
