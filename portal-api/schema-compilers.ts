import fastJsonStringify from '@fastify/fast-json-stringify-compiler';
import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifyInstance, FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/**
 * Has the server check requests and write answers by their schemas, each compiled when it is first
 * used: to compile all takes several times as long as the rest of the server's start, and most
 * aren't asked for while it lives. `usedFirst`: paths of routes whose are compiled at once, so that
 * who comes first after the start doesn't wait for that.
 */
export function compileWhenUsed(app: FastifyInstance, usedFirst: readonly string[] = []): void {
  app.setValidatorCompiler(requestValidator(usedFirst));
  app.setSerializerCompiler(answerSerializer(usedFirst));
}

/** TypeBox makes schemas that are right: to compile the schema of schemas first takes longer. */
const options = { strict: false, useDefaults: true, meta: false, validateSchema: false } as const;

/**
 * Checks requests against their schemas: a body must have the types that it says, unknown fields
 * are refused where the schema is closed; in a path or query, where all is text, numbers are read
 * from it.
 */
function requestValidator(usedFirst: readonly string[]): FastifySchemaCompiler<TSchema> {
  const strict = new Ajv(options);
  const reading = new Ajv({ ...options, coerceTypes: true });
  return ({ schema, httpPart, url }) => {
    const ajv = httpPart === 'body' ? strict : reading;
    let compiled: ValidateFunction | undefined;
    const compiledOnce = () => (compiled ??= ajv.compile(schema));
    if (usedFirst.includes(url)) compiledOnce();
    return (data) => {
      const isValid = compiledOnce();
      // Not an error thrown: what is wrong with which part becomes a problem of the answer.
      return isValid(data) ? true : { error: isValid.errors ?? [] };
    };
  };
}

function answerSerializer(usedFirst: readonly string[]): FastifySerializerCompiler<TSchema> {
  const compile = fastJsonStringify()();
  return ({ schema, method, url, httpStatus = '' }) => {
    let compiled: ((data: unknown) => string) | undefined;
    const compiledOnce = () => (compiled ??= compile({ schema, method, url, httpStatus }));
    if (usedFirst.includes(url)) compiledOnce();
    return (data) => compiledOnce()(data);
  };
}
