import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { RegisteredStream, StreamSettings } from '../../registry/index.js';
import { entityTagOf, matches, parseIfMatch } from '../entity-tags.js';
import { Problem, problem } from '../problems.js';
import { RepeatableCreations } from '../repeatable-creations.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { problemOfOutcome, type ChangedStream, type StreamChanges } from '../stream-changes.js';
import { streamPage } from '../stream-pages.js';
import { streamFilter } from '../stream-search.js';
import { seenStream } from './seen-stream.js';
import {
  changedSettings,
  newSettings,
  NewStream,
  StreamAnswer,
  streamAnswer,
  StreamChange,
  StreamList,
  StreamListQuery,
  type ChangedSettings,
} from './stream-shapes.js';

export const KeyParams = Type.Object({ key: Type.String() });
const IfMatchHeader = Type.Object({
  'if-match': Type.Optional(Type.String({ description: 'the ETag of the stream as it was seen' })),
});
const IdempotencyKeyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'names the request: sent again, it creates nothing more, and is answered alike',
    }),
  ),
});
const tags = ['streams'];

/** The server as a plugin gets it, with shapes checked by the compiler. */
type TypedApp = Parameters<FastifyPluginCallbackTypebox>[0];

/**
 * Streams: create, read, change, archive, delete; every change names the revision that it was made
 * from.
 */
export function streamRoutes(
  catalog: StreamCatalog,
  changes: StreamChanges,
): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    addReads(app, catalog);
    addCreate(app, catalog, changes);
    addChange(app, catalog, changes);
    addDelete(app, catalog);
    done();
  };
}

function addReads(app: TypedApp, catalog: StreamCatalog): void {
  app.get(
    '/streams',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        summary: 'Streams that are looked for, page by page',
        querystring: StreamListQuery,
        response: { 200: StreamList, default: Problem },
      },
    },
    ({ query, actor }) => {
      const found = catalog.streams().filter(streamFilter(actor, query));
      const page = streamPage(found, query);
      if (page === undefined) throw wrongCursor();
      const { streams, nextCursor } = page;
      return { streams: streams.map(streamAnswer), total: found.length, nextCursor };
    },
  );

  app.get(
    '/streams/:key',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        summary: 'A stream; its revision is the ETag',
        params: KeyParams,
        response: { 200: StreamAnswer, default: Problem },
      },
    },
    ({ actor, params }, reply) => taggedAnswer(reply, seenStream(catalog, actor, params.key)),
  );
}

function addCreate(app: TypedApp, catalog: StreamCatalog, changes: StreamChanges): void {
  const repeatable = new RepeatableCreations(catalog);
  app.post(
    '/streams',
    {
      config: { role: 'editor' },
      schema: {
        tags,
        summary: 'Create a stream',
        headers: IdempotencyKeyHeader,
        body: NewStream,
        response: { 201: StreamAnswer, default: Problem },
      },
    },
    async ({ actor, body, headers }, reply) => {
      const after = settingsOrProblem(newSettings(body));
      const create = async (commandId?: string): Promise<RegisteredStream> =>
        streamOrProblem(await changes.put(actor, { after }, commandId));
      const key = headers['idempotency-key'];
      const stream =
        key === undefined
          ? await create()
          : await repeatable.create({ actor: actor.name, key, body }, create);
      const location = `/api/v1/streams/${encodeURIComponent(stream.key)}`;
      reply.code(201).header('location', location);
      return taggedAnswer(reply, stream);
    },
  );
}

function addChange(app: TypedApp, catalog: StreamCatalog, changes: StreamChanges): void {
  app.patch(
    '/streams/:key',
    {
      config: { role: 'editor' },
      schema: {
        tags,
        summary: 'Change the fields that are given, from the revision in If-Match',
        params: KeyParams,
        headers: IfMatchHeader,
        body: StreamChange,
        response: { 200: StreamAnswer, default: Problem },
      },
    },
    async (request, reply) => {
      const { actor, params, body } = request;
      const present = seenStream(catalog, actor, params.key);
      checkIfMatch(request, present);
      const after = settingsOrProblem(changedSettings(present, body));
      const changed = await changes.put(actor, { before: present, after });
      return taggedAnswer(reply, streamOrProblem(changed));
    },
  );
}

function addDelete(app: TypedApp, catalog: StreamCatalog): void {
  app.delete(
    '/streams/:key',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Delete an archived stream for good, from the revision in If-Match',
        params: KeyParams,
        headers: IfMatchHeader,
        response: { 204: Type.Null(), default: Problem },
      },
    },
    async (request, reply) => {
      const { actor, params } = request;
      const { key, revision, isArchived } = seenStream(catalog, actor, params.key);
      checkIfMatch(request, { key, revision });
      if (!isArchived) throw problem(409, 'not_archived', `stream ${key} is not archived`);
      const outcome = await catalog.deleteStream(key, revision, actor.name);
      if (!outcome.ok) throw problemOfOutcome(outcome);
      reply.code(204);
      return null;
    },
  );
}

export function wrongCursor(): Error {
  return problem(400, 'invalid', 'cursor: no nextCursor of this order', 'cursor');
}

function taggedAnswer(reply: FastifyReply, stream: RegisteredStream): StreamAnswer {
  reply.header('etag', entityTagOf(stream.revision));
  return streamAnswer(stream);
}

function checkIfMatch(
  request: FastifyRequest,
  { key, revision }: Pick<RegisteredStream, 'key' | 'revision'>,
): void {
  const precondition = parseIfMatch(request.headers['if-match']);
  if (precondition.kind === 'absent') {
    throw problem(428, 'if_match_needed', 'If-Match with the ETag of the stream is needed');
  }
  if (precondition.kind === 'malformed') {
    throw problem(400, 'invalid', 'If-Match is not a list of entity tags', 'if-match');
  }
  if (!matches(precondition, revision)) {
    throw problem(412, 'conflict', `stream ${key} is at revision ${revision} by now`);
  }
}

function settingsOrProblem(changed: ChangedSettings): StreamSettings {
  if (!changed.ok) throw problem(400, 'invalid', changed.message, changed.field);
  return changed.settings;
}

function streamOrProblem(changed: ChangedStream): RegisteredStream {
  if (!changed.ok) throw changed.problem;
  return changed.stream;
}
