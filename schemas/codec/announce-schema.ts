import type avro from 'avsc';
import type { RowSchema } from './row-reader.js';

/** The schema of an announce in one of `AnnounceBatch`. */
export function announceSchema(type: avro.Type): RowSchema {
  const batch = type.schema() as unknown as RowSchema;
  const announces = batch.fields.find(({ name }) => name === 'announces')?.type;
  return (announces as { readonly items: RowSchema }).items;
}
