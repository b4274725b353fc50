import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { embedSnippet } from '../embed-snippet.js';
import { Problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { seenStream } from './seen-stream.js';
import { KeyParams } from './streams.js';

/** What a publisher pastes into a page. */
export function snippetRoutes(
  catalog: StreamCatalog,
  trackerUrl: string,
): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/streams/:key/snippet',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['streams'],
          summary: 'HTML that plays the stream with hls.js and p2p-media-loader',
          params: KeyParams,
          querystring: Type.Object({
            manifest: Type.Optional(
              Type.String({
                maxLength: 2_000,
                pattern: '^https?://',
                description: "address of the stream's HLS manifest, to stand in the snippet",
              }),
            ),
          }),
          response: { 200: Type.Object({ html: Type.String() }), default: Problem },
        },
      },
      ({ actor, params, query }) => {
        const stream = seenStream(catalog, actor, params.key);
        return { html: embedSnippet(stream, { trackerUrl, manifestUrl: query.manifest }) };
      },
    );
    done();
  };
}
