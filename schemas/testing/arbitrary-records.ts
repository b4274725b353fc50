import fc from 'fast-check';
import { anyCharacter } from '../../service/testing/any-character.js';
import { newestOf } from '../codec/released.js';
import { schemaText } from '../codec/released-schemas.js';
import { counterOf, histogramNames } from '../counter-table.js';
import { placesMax } from '../counts.js';
import { neighbourLimits } from '../neighbour-limits.js';
import type { RecordName, RecordTypes } from '../records.js';

const histogramOf = (bounds: readonly number[]): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(1_000), { minLength: bounds.length + 1, maxLength: bounds.length + 1 });

const name = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 });
const instance = fc.stringMatching(/^[\w-]{8}$/);

/** Places rise. */
const counts = fc
  .uniqueArray(fc.tuple(fc.nat(placesMax - 1), fc.nat(1_000)), {
    selector: ([place]) => place,
    maxLength: 12,
  })
  .map((pairs) => pairs.sort(([left], [right]) => left - right).flat());

const word = fc.string({ unit: 'binary-ascii', maxLength: neighbourLimits.wordLengthMax });

/** Fields with bounds that their schema doesn't tell. */
const bounded: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  stream: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
  quality: fc.constantFrom('720p', '1080p', 'other', 'unknown', 'höher ✓'),
  instance,
  fromInstance: instance,
  toInstance: instance,
  swarm: name,
  peer: name,
  from: name,
  to: name,
  dialect: word,
  kind: word,
  network: word,
  counts,
  // Who names places has to have as many values: codec.test.ts.
  facetValues: fc.constant([]),
  ...Object.fromEntries(
    histogramNames.map((name) => [name, histogramOf(counterOf(name).boundsMs ?? [])]),
  ),
};

/** Within every bound of announces. */
const number = fc.nat(10_000);

const primitives: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: number,
  long: number,
  double: fc.double({ noNaN: true }),
  string: fc.string({ unit: anyCharacter, maxLength: 20 }),
  bytes: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
};

interface Definition {
  readonly type: unknown;
  readonly name?: string;
  readonly fields?: readonly { readonly name: string; readonly type: unknown }[];
  readonly symbols?: readonly string[];
  readonly size?: number;
  readonly items?: unknown;
}

/** Places in values that aren't there. */
function isPlaces(field: string, type: unknown): boolean {
  return field === 'facets' && (type as Definition).items === 'int';
}

function arbitraryOf(schema: unknown, minLength = 0): fc.Arbitrary<unknown> {
  if (typeof schema === 'string') {
    const primitive = primitives[schema];
    if (primitive === undefined) throw new Error(`no arbitrary for ${schema}`);
    return primitive;
  }
  if (Array.isArray(schema)) {
    const branches = schema as readonly unknown[];
    const isTagged = branches.every((branch) => typeof branch === 'object');
    return fc.oneof(
      ...branches.map((branch) => {
        const value = arbitraryOf(branch);
        if (!isTagged) return value;
        const tag = `viblast.${(branch as Definition).name ?? ''}`;
        return value.map((record) => ({ [tag]: record }));
      }),
    );
  }
  const { type, fields, symbols, size, items } = schema as Definition;
  if (type === 'record' && fields !== undefined) {
    return fc.record(
      Object.fromEntries(
        fields.map((field) => [
          field.name,
          isPlaces(field.name, field.type)
            ? fc.constant([])
            : (bounded[field.name] ?? arbitraryOf(field.type, field.name === 'announces' ? 1 : 0)),
        ]),
      ),
    );
  }
  if (type === 'enum' && symbols !== undefined) return fc.constantFrom(...symbols);
  if (type === 'fixed' && size !== undefined) {
    return fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => Buffer.from(bytes));
  }
  if (type === 'array') return fc.array(arbitraryOf(items), { minLength, maxLength: 4 });
  return arbitraryOf(type);
}

/** Valid values of a record, after its newest schema or an older one. */
export function arbitraryRecord<Name extends RecordName>(
  name: Name,
  schema = newestOf(name),
): fc.Arbitrary<RecordTypes[Name]> {
  return arbitraryOf(JSON.parse(schemaText(schema))) as fc.Arbitrary<RecordTypes[Name]>;
}
