import fastJsonStringify from '@fastify/fast-json-stringify-compiler';
import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifyInstance, FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/**
 * Has the server check requests and write answers by their schemas, each compiled when it is first
 * used: to compile all takes several times as long as the rest of the server's start, and most
 * aren't asked for while it lives.
 */
export function compileWhenUsed(app: FastifyInstance): void {
  app.setValidatorCompiler(requestValidator());
  app.setSerializerCompiler(answerSerializer());
}

/** TypeBox makes schemas that are right: to compile the schema of schemas first takes longer. */
const options = { strict: false, useDefaults: true, meta: false, validateSchema: false } as const;

/**
 * Checks requests against their schemas: a body must have the types that it says, unknown fields
 * are refused where the schema is closed; in a path or query, where all is text, numbers are read
 * from it.
 */
function requestValidator(): FastifySchemaCompiler<TSchema> {
  const strict = new Ajv(options);
  const reading = new Ajv({ ...options, coerceTypes: true });
  return ({ schema, httpPart }) => {
    const ajv = httpPart === 'body' ? strict : reading;
    let compiled: ValidateFunction | undefined;
    return (data) => {
      compiled ??= ajv.compile(schema);
      // Not an error thrown: what is wrong with which part becomes a problem of the answer.
      return compiled(data) ? true : { error: compiled.errors ?? [] };
    };
  };
}

function answerSerializer(): FastifySerializerCompiler<TSchema> {
  const compile = fastJsonStringify()();
  return ({ schema, method, url, httpStatus = '' }) => {
    let compiled: ((data: unknown) => string) | undefined;
    return (data) => {
      compiled ??= compile({ schema, method, url, httpStatus });
      return compiled(data);
    };
  };
}
