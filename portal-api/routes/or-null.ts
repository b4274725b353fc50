import {
  Type,
  type Static,
  type TInteger,
  type TNumber,
  type TString,
  type TUnsafe,
} from 'typebox';

/**
 * The schema of a value that may be null, for answers: of the types that there are. To write a
 * union, whose schemas are tried in turn, takes far longer, and its first answer most of all.
 */
export function orNull<Schema extends TInteger | TNumber | TString>(
  schema: Schema,
  { description }: { readonly description?: string } = {},
): TUnsafe<Static<Schema> | null> {
  const said = description === undefined ? {} : { description };
  return Type.Unsafe<Static<Schema> | null>({ ...schema, type: [schema.type, 'null'], ...said });
}
