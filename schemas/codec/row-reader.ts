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
    let end = 0;
    ${longReaderSource}
    return function readRow(bytes, start, columns, row) {
      let position = start, byte = 0, value = 0, text = '';
      ${[...groups].map((group) => `const ${group} = columns.${group};`).join(' ')}
      ${body.join('\n')}
      return position;
    };`;
  return writtenFunction(source, { texts }) as RowReader<Columns>;
}

/** A varint of more than one byte, whose first was `byte`: −1 unless it is from 0 to `max`. */
const longReaderSource = `
  function readLong(bytes, start, first, max) {
    let position = start, byte = first, low = first & 127;
    for (let shift = 7; byte >= 128 && shift < 28; shift += 7) {
      byte = bytes[position++];
      low |= (byte & 127) << shift;
    }
    let value = low >>> 1;
    if (byte >= 128) {
      // 8 bytes hold 56 bits, more than any number that is exact.
      let high = 0;
      for (let shift = 0; byte >= 128 && shift <= 21; shift += 7) {
        byte = bytes[position++];
        high |= (byte & 127) << shift;
      }
      if (byte >= 128) return -1;
      value += high * ${2 ** 27};
    }
    end = position;
    // Zig-zag: an odd one is negative. Past the end a byte is undefined, which is no number either.
    return (low & 1) !== 0 || value > max ? -1 : value;
  }`;

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
  if (type === 'int' || type === 'long') return `${numberSource(field)} ${store('value')}`;
  if (Array.isArray(type) && type[0] === 'null' && (type[1] === 'int' || type[1] === 'long')) {
    return `byte = bytes[position++];
      if (byte === 0) value = -1;
      else { if (byte !== 2) return -1; ${numberSource(field)} }
      ${store('value')}`;
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

/** Leaves the number in `value`. */
function numberSource({ min, max = 0 }: RowField): string {
  return `byte = bytes[position++];
    if (byte < 128) {
      if ((byte & 1) !== 0${min === -1 ? ' && byte !== 1' : ''}) return -1;
      value = ${min === -1 ? 'byte === 1 ? -1 : ' : ''}byte >>> 1;
      ${max < oneByteMax ? `if (value > ${max}) return -1;` : ''}
    } else {
      value = readLong(bytes, position, byte, ${max});
      if (value < 0) return -1;
      position = end;
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
