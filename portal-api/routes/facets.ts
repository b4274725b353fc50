import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { graphiteFacets } from '../../registry/index.js';
import { askedFacet, facetFigures } from '../metrics/facet-figures.js';
import type { MetricsReader } from '../metrics/metrics-reader.js';
import { subjectOf } from '../metrics/subjects.js';
import { Problem, problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { askedParts } from './asked-range.js';
import { FacetAnswer, TimesQuery } from './metric-shapes.js';
import { seenStream } from './seen-stream.js';

export interface FacetRouteOptions {
  readonly catalog: StreamCatalog;
  readonly metrics: MetricsReader;
  readonly now: () => number;
}

/** What each value of a stream's facet had in a range. */
export function facetRoutes(options: FacetRouteOptions): FastifyPluginCallbackTypebox {
  const { catalog, metrics, now } = options;
  return (app, _options, done) => {
    app.get(
      '/streams/:key/facets/:facet',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['metrics'],
          summary: 'The figures of a range by the values of a facet',
          params: Type.Object({ key: Type.String(), facet: Type.String() }),
          querystring: TimesQuery,
          response: { 200: FacetAnswer, default: Problem },
        },
      },
      async (request) => {
        const { key, facet } = request.params;
        const stream = seenStream(catalog, request.actor, key);
        if (!graphiteFacets(stream.options).includes(facet)) {
          const message = `the stream does not ask for ${facet} in options.graphiteFacets`;
          throw problem(409, 'facet_not_asked', message, 'facet');
        }
        const subject = subjectOf(catalog, stream, now());
        const closedUntilMs = await metrics.closedUntilMs(subject);
        const edges = [subject.knownFromMs, closedUntilMs ?? 0];
        const asked = askedParts(request.query, metrics.intervalMs, now(), edges);
        const values = await askedFacet(metrics, subject, facet, asked);
        const { fromMs, untilMs, knownFromMs } = values;
        return {
          facet,
          closedUntilMs,
          fromMs,
          untilMs,
          knownFromMs,
          values: facetFigures(values),
        };
      },
    );
    done();
  };
}
