import type avro from 'avsc';
import { boundsError } from '../limits.js';
import type { AnyRecord, RecordName, RecordTypes } from '../records.js';
import { formOf, type Form } from './forms.js';
import type { PackedPartials } from './packed-stream.js';
import { recordNames, releasedOf } from './released.js';
import {
  fingerprintOf,
  headerBytes,
  headerOf,
  isSingleObject,
  schemaText,
  typeOf,
} from './released-schemas.js';
import { BrokenBytes, compileSkimmer, type Skimmer } from './skim.js';

/** A schema of a record that was ever released. */
interface KnownSchema {
  readonly record: RecordName;
  readonly header: Buffer;
  readonly type: avro.Type;
  readonly skim: Skimmer;
  readonly isNewest: boolean;
  /** Undefined: values stand here as avsc has them. */
  readonly form: Form | undefined;
  /** Reads an older one as the newest. */
  readonly resolver: avro.Resolver | undefined;
  readonly newest: avro.Type;
}

export type Decoded =
  | { readonly ok: true; readonly record: AnyRecord }
  | { readonly ok: false; readonly reason: DecodeFailure; readonly detail: string };

export type DecodeFailure =
  'not_single_object' | 'unknown_fingerprint' | 'broken_body' | 'out_of_bounds';

/** Encodes and decodes values by Avro's single-object encoding: marker, fingerprint, body. */
export class Codec {
  readonly #byFingerprint = new Map<bigint, KnownSchema>();
  /** Of each record all schemas, oldest first. */
  readonly #ofRecord = new Map<RecordName, readonly KnownSchema[]>();

  /**
   * `schemas`: for each record all .avsc texts that were ever released, oldest first; the last one
   * is written.
   */
  constructor(schemas: Readonly<Record<RecordName, readonly string[]>>) {
    for (const [record, texts] of Object.entries(schemas) as [RecordName, readonly string[]][]) {
      const known = knownSchemas(record, texts);
      this.#ofRecord.set(record, known);
      for (const schema of known) {
        this.#byFingerprint.set(fingerprintOf(schema.type).readBigUInt64LE(), schema);
      }
    }
  }

  /**
   * By the newest schema, or an older one, its version counted from 1, which leaves out what that
   * doesn't have: for readers that know no newer one. Throws when the value isn't of the record's
   * type: our own mistake, never input's.
   */
  encode<Name extends RecordName>(
    record: Name,
    value: RecordTypes[Name],
    version?: number,
  ): Buffer {
    const known = this.#ofRecord.get(record) ?? [];
    const schema = known[(version ?? known.length) - 1];
    if (schema === undefined) throw new Error(`no version ${version ?? 1} of ${record}`);
    const { header, type, form } = schema;
    const written = form?.write(header, value);
    if (written !== undefined) return written;
    return Buffer.concat([header, type.toBuffer(form?.toAvro(value) ?? value)]);
  }

  /** True: the bytes were written by a schema that a newer one has replaced. */
  isOlder(bytes: Buffer): boolean {
    if (!isSingleObject(bytes)) return false;
    return this.#byFingerprint.get(bytes.readBigUInt64LE(2))?.isNewest === false;
  }

  /**
   * Partials, each stream as it stands in them; undefined where the bytes are anything else, or
   * nothing that can be read so.
   */
  split(bytes: Buffer | null): PackedPartials | undefined {
    if (bytes === null || !isSingleObject(bytes)) return undefined;
    return this.#byFingerprint.get(bytes.readBigUInt64LE(2))?.form?.split(bytes);
  }

  /** Whatever the bytes are: the record, or a stable reason why not. Never throws. */
  decode(bytes: Buffer | null): Decoded {
    if (bytes === null || !isSingleObject(bytes)) {
      return { ok: false, reason: 'not_single_object', detail: 'no single-object header' };
    }
    const schema = this.#byFingerprint.get(bytes.readBigUInt64LE(2));
    if (schema === undefined) {
      const fingerprint = bytes.subarray(2, headerBytes).toString('hex');
      return { ok: false, reason: 'unknown_fingerprint', detail: `fingerprint ${fingerprint}` };
    }
    const read = schema.form?.read(bytes);
    if (read !== undefined) {
      return { ok: true, record: { type: schema.record, value: read } as AnyRecord };
    }
    let value: unknown;
    try {
      value = decodedBy(schema, bytes);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { ok: false, reason: 'broken_body', detail: `${schema.record}: ${detail}` };
    }
    if (typeof value === 'string') return { ok: false, reason: 'out_of_bounds', detail: value };
    const record = { type: schema.record, value } as AnyRecord;
    const outOfBounds = boundsError(record);
    return outOfBounds === undefined
      ? { ok: true, record }
      : { ok: false, reason: 'out_of_bounds', detail: outOfBounds };
  }
}

function knownSchemas(record: RecordName, texts: readonly string[]): KnownSchema[] {
  const types = texts.map(typeOf);
  const newest = types.at(-1);
  if (newest === undefined) throw new Error(`no schema for ${record}`);
  return types.map((type) => {
    const header = headerOf(type);
    const form = formOf(header);
    const isNewest = type === newest;
    return {
      record,
      header,
      type,
      skim: compileSkimmer(JSON.parse(JSON.stringify(type.schema())) as avro.Schema),
      isNewest,
      form,
      resolver: isNewest || form !== undefined ? undefined : newest.createResolver(type),
      newest,
    };
  });
}

/** What avsc reads; a text: what of it is out of bounds. Throws where the bytes are broken. */
function decodedBy({ type, newest, skim, resolver, form }: KnownSchema, bytes: Buffer): unknown {
  const end = skim(bytes, headerBytes);
  if (end !== bytes.length) throw new BrokenBytes(`${bytes.length - end} bytes left over`);
  if (form !== undefined) return form.fromAvro(type.decode(bytes, headerBytes).value);
  return newest.decode(bytes, headerBytes, resolver).value;
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
