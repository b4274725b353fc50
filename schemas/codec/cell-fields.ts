import type avro from 'avsc';
import { counterNames, counterOf, type CounterName } from '../counter-table.js';

interface Definition {
  readonly fields?: readonly { readonly name: string; readonly type: Definition }[];
  readonly items?: Definition;
}

/** The fields of a cell in the order of a schema of `PartialBatch`. */
export function cellFieldsOf(type: avro.Type): readonly string[] {
  const streams = fieldType(type.schema() as Definition, 'streams')?.items;
  const cell = fieldType(streams, 'cells')?.items;
  return cell?.fields?.map(({ name }) => name) ?? [];
}

function fieldType(record: Definition | undefined, field: string): Definition | undefined {
  return record?.fields?.find(({ name }) => name === field)?.type;
}

/** How each kind of field goes into a source. */
interface FieldSources {
  readonly quality: string;
  readonly browser: string;
  readonly sum: (name: CounterName) => string;
  readonly histogram: (name: CounterName) => string;
}

/** The sources of a cell's fields, in order. Throws unless they are all of the table's counters. */
export function cellSource(fields: readonly string[], sources: FieldSources): string[] {
  const missing = counterNames.filter((name) => !fields.includes(name));
  if (missing.length > 0) throw new Error(`the schema of partials lacks ${missing.join(', ')}`);
  return fields.map((field) => {
    if (field === 'quality' || field === 'browser') return sources[field];
    const name = counterNames.find((one) => one === field);
    if (name === undefined) throw new Error(`${field} of the schema of partials is no counter`);
    return counterOf(name).boundsMs === undefined ? sources.sum(name) : sources.histogram(name);
  });
}
