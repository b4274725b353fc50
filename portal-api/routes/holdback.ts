import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { graphiteFacets, policyOf, type RegisteredStream } from '../../registry/index.js';
import { holdbackFacets, holdbackGroups } from '../../schemas/index.js';
import { askedFacet, facetFigures, type FacetFigures } from '../metrics/facet-figures.js';
import { readHoldbackParts } from '../metrics/holdback-parts.js';
import { holdbackVerdicts } from '../metrics/holdback-verdict.js';
import { subjectOf } from '../metrics/subjects.js';
import { Problem, problem } from '../problems.js';
import { askedParts } from './asked-range.js';
import type { FacetRouteOptions } from './facets.js';
import { HoldbackAnswer, TimesQuery } from './metric-shapes.js';
import { seenStream } from './seen-stream.js';

const facet = holdbackFacets.group;

/** What peers do to a stream: those who have them against those who are held back. */
export function holdbackRoutes(options: FacetRouteOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/streams/:key/holdback',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['metrics'],
          summary: 'Viewers with peers against those who are held back',
          params: Type.Object({ key: Type.String() }),
          querystring: TimesQuery,
          response: { 200: HoldbackAnswer, default: Problem },
        },
      },
      async (request) => {
        const stream = seenStream(options.catalog, request.actor, request.params.key);
        checkAsked(stream);
        return compared(options, stream, request.query);
      },
    );
    done();
  };
}

function checkAsked({ options }: RegisteredStream): void {
  if (graphiteFacets(options).includes(facet)) return;
  const message = `the stream does not ask for ${facet} in options.graphiteFacets`;
  throw problem(409, 'facet_not_asked', message, 'facet');
}

async function compared(
  { catalog, metrics, now }: FacetRouteOptions,
  stream: RegisteredStream,
  query: TimesQuery,
) {
  const subject = subjectOf(catalog, stream, now());
  const closedUntilMs = await metrics.closedUntilMs(subject);
  const edges = [subject.knownFromMs, closedUntilMs ?? 0];
  const asked = askedParts(query, metrics.intervalMs, now(), edges);
  const [values, parts] = await Promise.all([
    askedFacet(metrics, subject, facet, asked),
    readHoldbackParts(metrics, subject, asked),
  ]);
  const figures = facetFigures(values);
  const of = (group: string): FacetFigures | null =>
    figures.find(({ value }) => value === group) ?? null;
  const { fromMs, untilMs } = values;
  return {
    percent: policyOf(stream.options).holdbackPercent,
    closedUntilMs,
    fromMs,
    untilMs,
    withPeers: of(holdbackGroups.withPeers),
    heldBack: of(holdbackGroups.heldBack),
    verdicts: [...holdbackVerdicts(parts.withPeers, parts.heldBack)],
  };
}
