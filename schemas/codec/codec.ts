import type avro from 'avsc';
import { boundsError } from '../limits.js';
import { cellFieldsOf } from './cell-fields.js';
import { PartialsDecoder } from './partials-decoder.js';
import { PartialsEncoder } from './partials-encoder.js';
import type { AnyRecord, PartialBatch, RecordName, RecordTypes } from '../records.js';
import { newestOf, recordNames, releasedOf } from './released.js';
import {
  fingerprintOf,
  headerBytes,
  headerOf,
  isSingleObject,
  schemaText,
  typeOf,
} from './released-schemas.js';
import { BrokenBytes, compileSkimmer, type Skimmer } from './skim.js';

interface ReadableSchema {
  readonly record: RecordName;
  readonly type: avro.Type;
  readonly skim: Skimmer;
  readonly resolver: avro.Resolver | undefined;
  /** Reads most of what there is in less time; what it doesn't take is read by avsc. */
  readonly read: ((bytes: Buffer) => AnyRecord | undefined) | undefined;
}

interface WritableSchema {
  readonly type: avro.Type;
  readonly header: Buffer;
  /** Writes most of what there is in less time; what it doesn't take is written by avsc. */
  readonly write: ((value: unknown) => Buffer | undefined) | undefined;
}

export type Decoded =
  | { readonly ok: true; readonly record: AnyRecord }
  | { readonly ok: false; readonly reason: DecodeFailure; readonly detail: string };

export type DecodeFailure =
  'not_single_object' | 'unknown_fingerprint' | 'broken_body' | 'out_of_bounds';

/** Encodes and decodes values by Avro's single-object encoding: marker, fingerprint, body. */
export class Codec {
  readonly #readable = new Map<bigint, ReadableSchema>();
  readonly #writable = new Map<RecordName, WritableSchema>();
  /** Of each record all types, oldest first. */
  readonly #types = new Map<RecordName, readonly avro.Type[]>();

  /**
   * `schemas`: for each record all .avsc texts that were ever released, oldest first; the last one
   * is written.
   */
  constructor(schemas: Readonly<Record<RecordName, readonly string[]>>) {
    for (const [record, texts] of Object.entries(schemas) as [RecordName, readonly string[]][]) {
      const types = texts.map(typeOf);
      this.#types.set(record, types);
      const newest = types.at(-1);
      if (newest === undefined) throw new Error(`no schema for ${record}`);
      const header = headerOf(newest);
      const isPartials = header.equals(partialsHeader);
      this.#writable.set(record, {
        type: newest,
        header,
        write: isPartials ? (value) => encoder.encode(header, value as PartialBatch) : undefined,
      });
      for (const [index, type] of types.entries()) {
        this.#readable.set(fingerprintOf(type).readBigUInt64LE(), {
          record,
          type: newest,
          skim: compileSkimmer(JSON.parse(JSON.stringify(type.schema())) as avro.Schema),
          resolver: index === types.length - 1 ? undefined : newest.createResolver(type),
          read: isPartials && index === types.length - 1 ? readPartials : undefined,
        });
      }
    }
  }

  /** Throws when the value isn't of the record's type: our own mistake, never input's. */
  encode<Name extends RecordName>(record: Name, value: RecordTypes[Name]): Buffer {
    const writable = this.#writable.get(record);
    if (writable === undefined) throw new Error(`no schema for ${record}`);
    const { header, type, write } = writable;
    return write?.(value) ?? Buffer.concat([header, type.toBuffer(value)]);
  }

  /**
   * The same by an older schema, its version counted from 1, which leaves out what that doesn't
   * have: for readers that know no newer one.
   */
  encodeOlder<Name extends RecordName>(
    record: Name,
    version: number,
    value: RecordTypes[Name],
  ): Buffer {
    const type = this.#types.get(record)?.[version - 1];
    if (type === undefined) throw new Error(`no version ${version} of ${record}`);
    return Buffer.concat([headerOf(type), type.toBuffer(value)]);
  }

  /** True: the bytes were written by a schema that a newer one has replaced. */
  isOlder(bytes: Buffer): boolean {
    if (!isSingleObject(bytes)) return false;
    return this.#readable.get(bytes.readBigUInt64LE(2))?.resolver !== undefined;
  }

  /** Whatever the bytes are: the record, or a stable reason why not. Never throws. */
  decode(bytes: Buffer | null): Decoded {
    if (bytes === null || !isSingleObject(bytes)) {
      return { ok: false, reason: 'not_single_object', detail: 'no single-object header' };
    }
    const schema = this.#readable.get(bytes.readBigUInt64LE(2));
    if (schema === undefined) {
      const fingerprint = bytes.subarray(2, headerBytes).toString('hex');
      return { ok: false, reason: 'unknown_fingerprint', detail: `fingerprint ${fingerprint}` };
    }
    const read = schema.read?.(bytes);
    if (read !== undefined) return { ok: true, record: read };
    let value: unknown;
    try {
      const end = schema.skim(bytes, headerBytes);
      if (end !== bytes.length) throw new BrokenBytes(`${bytes.length - end} bytes left over`);
      value = schema.type.decode(bytes, headerBytes, schema.resolver).value;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { ok: false, reason: 'broken_body', detail: `${schema.record}: ${detail}` };
    }
    const record = { type: schema.record, value } as AnyRecord;
    const outOfBounds = boundsError(record);
    return outOfBounds === undefined
      ? { ok: true, record }
      : { ok: false, reason: 'out_of_bounds', detail: outOfBounds };
  }
}

/** Stage 1 writes, and stage 2 reads, all cells of all streams by these, again and again. */
const partialsType = typeOf(schemaText(newestOf('PartialBatch')));
const partialsHeader = headerOf(partialsType);
const encoder = new PartialsEncoder(cellFieldsOf(partialsType));
const decoder = new PartialsDecoder(cellFieldsOf(partialsType));

function readPartials(bytes: Buffer): AnyRecord | undefined {
  const value = decoder.decode(bytes, headerBytes);
  return value === undefined ? undefined : { type: 'PartialBatch', value };
}

let shared: Codec | undefined;

/** The codec of all released schemas. */
export function codec(): Codec {
  shared ??= new Codec(
    Object.fromEntries(
      recordNames.map((record) => [record, releasedOf(record).map(schemaText)]),
    ) as Record<RecordName, string[]>,
  );
  return shared;
}
