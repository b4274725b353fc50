import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/**
 * Checks requests against their schemas: a body must have the types that it says, unknown fields
 * are refused where the schema is closed; in a path or query, where all is text, numbers are read
 * from it.
 */
export function requestValidator(): FastifySchemaCompiler<TSchema> {
  const strict = new Ajv({ strict: false, useDefaults: true });
  const reading = new Ajv({ strict: false, useDefaults: true, coerceTypes: true });
  return ({ schema, httpPart }) => (httpPart === 'body' ? strict : reading).compile(schema);
}
