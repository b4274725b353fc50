import type { Schema } from 'avsc';

/**
 * Walks encoded bytes by a schema without building anything and says where the value ends, or why
 * it is broken. Needed before avsc's own decoder, which trusts array counts: a damaged count of
 * 2^40 would keep it busy, filling memory, long past the end of the bytes.
 */
export type Skimmer = (bytes: Buffer, position: number) => number;

/** Thrown by skimmers only; `decode` turns it into a value. */
export class BrokenBytes extends Error {}

function fail(reason: string): never {
  throw new BrokenBytes(reason);
}

function skimVarint(bytes: Buffer, position: number, bytesMax: number): number {
  for (let index = 0; index < bytesMax; index += 1) {
    const byte = bytes[position + index];
    if (byte === undefined) return fail('ends inside a number');
    if (byte < 0x80) return position + index + 1;
  }
  return fail('a number is too long');
}

function readLong(bytes: Buffer, position: number): [value: number, position: number] {
  const end = skimVarint(bytes, position, 10);
  let value = 0;
  for (let index = end - 1; index >= position; index -= 1) {
    value = value * 128 + ((bytes[index] ?? 0) & 0x7f);
  }
  return [value % 2 === 0 ? value / 2 : -(value + 1) / 2, end];
}

function skimLength(bytes: Buffer, position: number): number {
  const [length, start] = readLong(bytes, position);
  if (length < 0 || length > bytes.length - start) fail('a length goes past the end');
  return start + length;
}

function skimFixed(size: number): Skimmer {
  return (bytes, position) =>
    position + size <= bytes.length ? position + size : fail('ends inside a value');
}

function skimIndex(bytes: Buffer, position: number, count: number): [index: number, end: number] {
  const [index, end] = readLong(bytes, position);
  if (index < 0 || index >= count) fail('an index is out of range');
  return [index, end];
}

function skimArray(item: Skimmer): Skimmer {
  return (bytes, start) => {
    let position = start;
    for (;;) {
      const [signedCount, afterCount] = readLong(bytes, position);
      position = afterCount;
      if (signedCount === 0) return position;
      if (signedCount < 0) [, position] = readLong(bytes, position);
      const count = Math.abs(signedCount);
      // No item of ours takes less than a byte.
      if (count > bytes.length - position) fail('an array is longer than the bytes');
      for (let index = 0; index < count; index += 1) position = item(bytes, position);
    }
  };
}

function skimUnion(branches: readonly Skimmer[]): Skimmer {
  return (bytes, position) => {
    const [index, end] = skimIndex(bytes, position, branches.length);
    return branches[index]?.(bytes, end) ?? fail('no such branch');
  };
}

const primitives: Readonly<Record<string, Skimmer>> = {
  null: (_bytes, position) => position,
  boolean: (bytes, position) => {
    const byte = bytes[position];
    return byte === 0 || byte === 1 ? position + 1 : fail('not a boolean');
  },
  int: (bytes, position) => {
    const [value, end] = readLong(bytes, position);
    return value >= -(2 ** 31) && value < 2 ** 31 ? end : fail('an int is out of range');
  },
  long: (bytes, position) => {
    const [value, end] = readLong(bytes, position);
    return Number.isSafeInteger(value) ? end : fail('a long is out of range');
  },
  float: skimFixed(4),
  double: skimFixed(8),
  string: skimLength,
  bytes: skimLength,
};

/** The skimmer for a schema: primitives, records, enums, fixed, arrays and unions. */
export function compileSkimmer(schema: Schema): Skimmer {
  const named = new Map<string, Skimmer>();
  const compile = (part: unknown): Skimmer => {
    if (typeof part === 'string') {
      return primitives[part] ?? named.get(part) ?? fail(`schema names an unknown type ${part}`);
    }
    if (Array.isArray(part)) return skimUnion(part.map(compile));
    const definition = Object(part) as Record<string, unknown>;
    const skim = compileDefinition(definition, compile);
    if (typeof definition['name'] === 'string') named.set(definition['name'], skim);
    return skim;
  };
  return compile(schema);
}

function compileDefinition(
  definition: Record<string, unknown>,
  compile: (part: unknown) => Skimmer,
): Skimmer {
  const { type, fields, symbols, size, items } = definition;
  if (type === 'record' && Array.isArray(fields)) {
    const skimmers = fields.map((field: { type: unknown }) => compile(field.type));
    return (bytes, start) => {
      let position = start;
      for (const skim of skimmers) position = skim(bytes, position);
      return position;
    };
  }
  if (type === 'enum' && Array.isArray(symbols)) {
    return (bytes, position) => skimIndex(bytes, position, symbols.length)[1];
  }
  if (type === 'fixed' && typeof size === 'number') return skimFixed(size);
  if (type === 'array') return skimArray(compile(items));
  return compile(type);
}
