import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { RegisteredStream } from '../../registry/index.js';
import { isAllowed, sees } from '../actor.js';
import { portalLimits } from '../limits.js';
import { Problem, problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import type { StreamChanges } from '../stream-changes.js';
import { dryRun, importPlans, runImport } from '../stream-import.js';
import { streamAnswer } from './stream-shapes.js';
import { ExportAnswer, ImportAnswer, ImportBody, type ExportedStream } from './transfer-shapes.js';

const tags = ['streams'];

/** Streams as one JSON document, out of one portal and into another. */
export function transferRoutes(
  catalog: StreamCatalog,
  changes: StreamChanges,
): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/export',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'All streams, archived ones too, as an import takes them',
          querystring: Type.Object({
            secrets: Type.Optional(
              Type.Boolean({ description: 'with the secrets of token keys; for admins' }),
            ),
          }),
          response: { 200: ExportAnswer, default: Problem },
        },
      },
      ({ actor, query }, reply) => {
        const hasSecrets = query.secrets ?? false;
        if (hasSecrets && !isAllowed(actor.role, 'admin')) {
          throw problem(403, 'forbidden', 'secrets: for admins alone', 'secrets');
        }
        const streams = catalog
          .streams()
          .filter((stream) => sees(actor, stream))
          .map((stream) => exported(catalog, stream, hasSecrets));
        reply.header('content-disposition', 'attachment; filename="streams.json"');
        return { version: 1 as const, streams };
      },
    );

    app.post(
      '/import',
      {
        bodyLimit: portalLimits.importBytesMax,
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Create and change streams, each by itself',
          body: ImportBody,
          response: { 200: ImportAnswer, default: Problem },
        },
      },
      async ({ actor, body }) => {
        const plans = importPlans(catalog, body.streams);
        return {
          results: body.dryRun
            ? dryRun(changes, actor, plans)
            : await runImport(changes, actor, plans),
        };
      },
    );
    done();
  };
}

function exported(
  catalog: StreamCatalog,
  stream: RegisteredStream,
  hasSecrets: boolean,
): ExportedStream {
  const tokenKeys = stream.tokenKeys.map(({ kid, secret: sealed }) => {
    const secret = hasSecrets ? catalog.secretOf(stream.key, { kid, secret: sealed }) : undefined;
    return { kid, ...(secret === undefined ? {} : { secret }) };
  });
  // Of the answer, revision and the like aren't in the export's shape, so they are left out.
  return { ...streamAnswer(stream), tokenKeys };
}
