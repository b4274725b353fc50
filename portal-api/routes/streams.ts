import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { RegisteredStream, StreamSettings, WriteOutcome } from '../../registry/index.js';
import { entityTagOf, matches, parseIfMatch } from '../entity-tags.js';
import { Problem, problem, type RequestProblem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import {
  changedSettings,
  newSettings,
  NewStream,
  StreamAnswer,
  streamAnswer,
  StreamChange,
  StreamList,
  type ChangedSettings,
} from './stream-shapes.js';

const KeyParams = Type.Object({ key: Type.String() });
const IfMatchHeader = Type.Object({
  'if-match': Type.Optional(Type.String({ description: 'the ETag of the stream as it was seen' })),
});
const tags = ['streams'];

/** The server as a plugin gets it, with shapes checked by the compiler. */
type TypedApp = Parameters<FastifyPluginCallbackTypebox>[0];

/**
 * Streams: create, read, change, archive; every change names the revision that it was made from.
 */
export function streamRoutes(catalog: StreamCatalog): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    addReads(app, catalog);
    addCreate(app, catalog);
    addChanges(app, catalog);
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
        summary: 'All streams, in the order of their creation',
        querystring: Type.Object({ archived: Type.Optional(Type.Boolean()) }),
        response: { 200: StreamList, default: Problem },
      },
    },
    (request) => {
      const wanted = request.query.archived ?? false;
      const streams = catalog.streams().filter(({ isArchived }) => isArchived === wanted);
      return { streams: streams.map(streamAnswer) };
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
    (request, reply) => taggedAnswer(reply, existing(catalog, request.params.key)),
  );
}

function addCreate(app: TypedApp, catalog: StreamCatalog): void {
  app.post(
    '/streams',
    {
      config: { role: 'editor' },
      schema: {
        tags,
        summary: 'Create a stream',
        body: NewStream,
        response: { 201: StreamAnswer, default: Problem },
      },
    },
    async (request, reply) => {
      const settings = settingsOrProblem(newSettings(request.body));
      const outcome = await catalog.putStream(settings, 0, request.actor.name);
      const stream = streamOrProblem(outcome);
      const location = `/api/v1/streams/${encodeURIComponent(stream.key)}`;
      reply.code(201).header('location', location);
      return taggedAnswer(reply, stream);
    },
  );
}

function addChanges(app: TypedApp, catalog: StreamCatalog): void {
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
      const present = existing(catalog, request.params.key);
      checkIfMatch(request, present);
      const settings = settingsOrProblem(changedSettings(present, request.body));
      const outcome = await catalog.putStream(settings, present.revision, request.actor.name);
      return taggedAnswer(reply, streamOrProblem(outcome));
    },
  );

  app.delete(
    '/streams/:key',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Archive a stream, from the revision in If-Match',
        params: KeyParams,
        headers: IfMatchHeader,
        response: { 200: StreamAnswer, default: Problem },
      },
    },
    async (request, reply) => {
      const present = existing(catalog, request.params.key);
      checkIfMatch(request, present);
      if (present.isArchived) return taggedAnswer(reply, present);
      const settings = settingsOrProblem(changedSettings(present, { isArchived: true }));
      const outcome = await catalog.putStream(settings, present.revision, request.actor.name);
      return taggedAnswer(reply, streamOrProblem(outcome));
    },
  );
}

/** The stream, or a thrown 404. */
export function existing(catalog: StreamCatalog, key: string): RegisteredStream {
  const stream = catalog.stream(key);
  if (stream === undefined) throw problem(404, 'not_found', `there is no stream ${key}`, 'key');
  return stream;
}

function taggedAnswer(reply: FastifyReply, stream: RegisteredStream): StreamAnswer {
  reply.header('etag', entityTagOf(stream.revision));
  return streamAnswer(stream);
}

function checkIfMatch(request: FastifyRequest, { key, revision }: RegisteredStream): void {
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

function streamOrProblem(outcome: WriteOutcome): RegisteredStream {
  if (outcome.ok) return outcome.stream;
  throw refusal(outcome);
}

function refusal({ reason, detail }: Extract<WriteOutcome, { ok: false }>): RequestProblem {
  switch (reason) {
    case 'invalid':
      return problem(400, 'invalid', detail, /^[^:\s]+(?=:)/.exec(detail)?.[0]);
    case 'exists':
      return problem(409, 'exists', detail, 'key');
    case 'conflict':
      return problem(412, 'conflict', detail);
    case 'not_found':
      return problem(404, 'not_found', detail, 'key');
  }
}
