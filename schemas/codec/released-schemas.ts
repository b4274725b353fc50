import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avro from 'avsc';
import { packageRoot } from '../../service/package-root.js';
import { crc64Avro } from './fingerprint.js';

const marker = Buffer.from([0xc3, 0x01]);

/** The bytes before a body in Avro's single-object encoding. */
export const headerBytes = 10;

/** The text of `avro/<name>.avsc`. */
export function schemaText(name: string): string {
  return readFileSync(join(packageRoot(), 'schemas', 'avro', `${name}.avsc`), 'utf8');
}

/** The type of a schema's text. */
export function typeOf(text: string): avro.Type {
  return avro.Type.forSchema(JSON.parse(text) as avro.Schema);
}

/** The canonical form's CRC-64-AVRO in the 8 little-endian bytes of a single-object header. */
export function fingerprintOf(type: avro.Type): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(crc64Avro(JSON.stringify(type.schema())));
  return bytes;
}

/** The single-object header of a type: marker and fingerprint. */
export function headerOf(type: avro.Type): Buffer {
  return Buffer.concat([marker, fingerprintOf(type)]);
}

/** The single-object header of what `avro/<name>.avsc` writes. */
export function headerOfSchema(name: string): Buffer {
  return headerOf(typeOf(schemaText(name)));
}

/** Whether the bytes begin with this header. */
export function beginsWith(bytes: Uint8Array, header: Uint8Array): boolean {
  for (let index = 0; index < header.length; index += 1) {
    if (bytes[index] !== header[index]) return false;
  }
  return true;
}

/** Whether the bytes are in single-object encoding at all. */
export function isSingleObject(bytes: Uint8Array): boolean {
  return bytes.length >= headerBytes && beginsWith(bytes, marker);
}
