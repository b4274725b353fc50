import { writtenFunction } from '../written-function.js';

/**
 * Makes a reader for one record type: a function, written from its schema, that reads an encoded
 * record into row `row` of columns. Nothing but straight code on local variables, so that the
 * compiler keeps position and byte in registers: two thirds of the time of the same reader as
 * methods of a class.
 */

/** How a field is read. What has no column is checked and passed over. */
export interface RowField {
  /** The column that takes it, or `group.column` of a group of them. */
  readonly column?: string;
  /** Numbers: −1 is allowed besides what is from 0 to `max`. */
  readonly min?: -1;
  /** Numbers: the highest. Text: the most UTF-16 units. */
  readonly max?: number;
}

/** Finds the text of `bytes[start, end)`; undefined when it isn't allowed. */
export interface TextReader {
  read(bytes: Uint8Array, start: number, end: number): string | undefined;
}

/** A record's schema, as far as rows have it. */
export interface RowSchema {
  readonly fields: readonly { readonly name: string; readonly type: unknown }[];
}

/**
 * Reads a record that begins at `position`; where it ends, or −1 when it is broken or out of
 * bounds.
 */
export type RowReader<Columns> = (
  bytes: Uint8Array,
  position: number,
  columns: Columns,
  row: number,
) => number;

const sessionBytes = 16;
/** A UTF-16 unit takes 3 bytes of UTF-8 at most. */
const unitBytesMax = 3;
/** What one byte of a zig-zag varint can say at most. */
const oneByteMax = 63;
/** What four bytes of a varint hold; the rest of a number is read apart from them. */
const lowBits = 28;
const int32Max = 2 ** 31 - 1;

/**
 * `fields` has every field of the schema. Known types: int, long, null or one of these (−1 stands
 * for null), enum (its index), string, and a fixed of 16 bytes (four little-endian words), an array
 * that its group reads; passed over alone: null or a fixed, and an array of nothing.
 */
export function compileRowReader<Columns>(
  schema: RowSchema,
  fields: Readonly<Record<string, RowField>>,
  texts: Readonly<Record<string, TextReader>>,
): RowReader<Columns> {
  const body = schema.fields.map(({ name, type }) => {
    const field = fields[name];
    if (field === undefined) throw new Error(`no rule how to read ${name}`);
    return `// ${name}\n${fieldSource(name, type, field)}`;
  });
  const groups = new Set(Object.values(fields).flatMap(({ column }) => groupOf(column)));
  const source = `
    return function readRow(bytes, start, columns, row) {
      let position = start, byte = 0, low = 0, high = 0, value = 0, wide = 0.5, text = '';
      ${[...groups].map((group) => `const ${group} = columns.${group};`).join(' ')}
      ${body.join('\n')}
      return position;
    };`;
  return writtenFunction(source, { texts }) as RowReader<Columns>;
}

function fieldSource(name: string, type: unknown, field: RowField): string {
  const store = (value: string): string =>
    field.column === undefined ? '' : `${placeOf(field.column)}[row] = ${value};`;
  if (type === 'string') {
    return `${numberSource({ max: (field.max ?? 0) * unitBytesMax })}
      if (position + value > bytes.length) return -1;
      text = texts.${name}.read(bytes, position, position + value);
      if (text === undefined) return -1;
      position += value; ${store('text')}`;
  }
  const number = isWide(field) ? 'wide' : 'value';
  if (type === 'int' || type === 'long') return `${numberSource(field)} ${store(number)}`;
  if (Array.isArray(type) && type[0] === 'null' && (type[1] === 'int' || type[1] === 'long')) {
    return `byte = bytes[position++];
      if (byte === 0) ${number} = -1;
      else { if (byte !== 2) return -1; ${numberSource(field)} }
      ${store(number)}`;
  }
  if (Array.isArray(type) && type[0] === 'null' && field.column === undefined) {
    return `byte = bytes[position++];
      if (byte !== 0) { if (byte !== 2) return -1; position += ${sizeOf(name, type[1])}; }`;
  }
  const { type: kind, symbols, size } = Object(type) as Record<string, unknown>;
  if (kind === 'array') return arraySource(field.column);
  if (kind === 'enum' && Array.isArray(symbols)) {
    return `${numberSource({ max: symbols.length - 1 })} ${store('value')}`;
  }
  if (kind === 'fixed' && size === sessionBytes) return sessionSource(field.column);
  throw new Error(`no way to read ${name}`);
}

/** A group of columns reads the array's items itself, and counts them. */
function arraySource(column: string | undefined): string {
  const [group] = groupOf(column);
  if (group === undefined) return 'if (bytes[position++] !== 0) return -1;';
  return `byte = bytes[position++];
    if (byte !== 0) {
      position = ${group}.read(bytes, position, byte);
      if (position < 0) return -1;
    }
    ${placeOf(column ?? '')}[row] = ${group}.end;`;
}

/** Of a fixed. */
function sizeOf(name: string, type: unknown): number {
  const { type: kind, size } = Object(type) as Record<string, unknown>;
  if (kind === 'fixed' && typeof size === 'number') return size;
  throw new Error(`no way to pass over ${name}`);
}

function groupOf(column: string | undefined): string[] {
  const parts = column?.split('.') ?? [];
  return parts.length > 1 ? parts.slice(0, 1) : [];
}

function placeOf(column: string): string {
  return groupOf(column).length > 0 ? column : `columns.${column}`;
}

/** Numbers that aren't kept as 32-bit ones, so that these never become doubles. */
function isWide({ max = 0 }: RowField): boolean {
  return max > int32Max;
}

/**
 * A varint's bytes from the second on, `bits` of each put into `into` from bit `shift` to `end`.
 */
function moreBytesSource(into: string, shift: number, end: number): string {
  const more =
    shift + 7 >= end ? '' : `if (byte >= 128) { ${moreBytesSource(into, shift + 7, end)} }`;
  return `byte = bytes[position++]; ${into} |= (byte & 127) << ${shift}; ${more}`;
}

/**
 * Leaves a zig-zag varint in `wide` or `value`. Past the end a byte is undefined, which ends every
 * number; the position tells in the end.
 */
function numberSource(field: RowField): string {
  const { min, max = 0 } = field;
  const number = isWide(field) ? 'wide' : 'value';
  // 8 bytes hold 56 bits, more than any number that is exact; 5 hold what is below 2^31.
  const highBits = isWide(field) ? 28 : 7;
  const high = `if (byte >= 128) {
        high = 0;
        ${moreBytesSource('high', 0, highBits)}
        ${number} += high * ${2 ** (lowBits - 1)};
      }`;
  return `byte = bytes[position++];
    if (byte < 128) {
      if ((byte & 1) !== 0${min === -1 ? ' && byte !== 1' : ''}) return -1;
      ${number} = ${min === -1 ? 'byte === 1 ? -1 : ' : ''}byte >>> 1;
      ${max < oneByteMax ? `if (value > ${max}) return -1;` : ''}
    } else {
      low = byte & 127;
      ${moreBytesSource('low', 7, lowBits)}
      ${number} = low >>> 1;
      ${max < 2 ** (lowBits - 1) ? '' : high}
      if ((low & 1) !== 0 || byte >= 128 || ${number} > ${max}) return -1;
    }`;
}

function sessionSource(column: string | undefined): string {
  const pass = `position += ${sessionBytes};`;
  if (column === undefined) return pass;
  const word = (index: number): string => {
    const at = (offset: number): string => `bytes[position + ${index * 4 + offset}]`;
    return `columns.${column}[row * 4 + ${index}] =
      ${at(0)} | ${at(1)} << 8 | ${at(2)} << 16 | ${at(3)} << 24;`;
  };
  return `${[0, 1, 2, 3].map(word).join('\n')} ${pass}`;
}
