import { Ajv, type ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';

/**
 * Tells whether a value has a shape. Compiled when it is first asked for: most commands of
 * `vba-admin` read no file that has one.
 */
export function shapeCheck<Shape extends TSchema>(
  shape: Shape,
): () => ValidateFunction<Static<Shape>> {
  let compiled: ValidateFunction<Static<Shape>> | undefined;
  return () => (compiled ??= new Ajv({ strict: false }).compile<Static<Shape>>(shape));
}
