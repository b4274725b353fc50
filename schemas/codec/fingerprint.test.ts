import { describe, expect, it } from '@jest/globals';
import avro from 'avsc';
import { fingerprintOf } from './released-schemas.js';
import { crc64Avro } from './fingerprint.js';

/** Schema and fingerprint, signed, from share/test/data/schema-tests.txt of Apache Avro. */
const vectors: readonly (readonly [schema: string, fingerprint: bigint])[] = [
  ['"null"', 7195948357588979594n],
  ['"boolean"', -6970731678124411036n],
  ['"int"', 8247732601305521295n],
  ['{"type":"long"}', -3434872931120570953n],
  ['"float"', 5583340709985441680n],
  ['"double"', -8181574048448539266n],
  ['"bytes"', 5746618253357095269n],
  ['"string"', -8142146995180207161n],
  ['[ "int" , {"type":"boolean"} ]', 5392556393470105090n],
  ['{"fields":[], "type":"record", "name":"foo", "namespace":"x.y"}', 5916914534497305771n],
  [
    '{"fields":[], "type":"record", "name":"foo", "doc":"foo", "aliases":["foo","bar"]}',
    -4824392279771201922n,
  ],
  [
    `{ "fields":[{"type":"boolean", "aliases":[], "name":"f1", "default":true},
        {"order":"descending","name":"f2","doc":"Hello","type":"int"}],
       "type":"record", "name":"foo" }`,
    -4860222112080293046n,
  ],
  [
    '{"namespace":"x.y.z", "type":"enum", "name":"foo", "doc":"foo bar", "symbols":["A1", "A2"]}',
    -4448647247586288245n,
  ],
  [
    '{"namespace":"x.y.z", "type":"fixed", "name":"foo", "doc":"foo bar", "size":32}',
    -3064184465700546786n,
  ],
  ['{ "items":{"type":"null"}, "type":"array"}', -589620603366471059n],
];

describe('CRC-64-AVRO', () => {
  it.each(vectors)("gives Avro's own fingerprint of %s", (schema, fingerprint) => {
    const type = avro.Type.forSchema(JSON.parse(schema) as avro.Schema);
    expect(fingerprintOf(type).readBigInt64LE()).toBe(fingerprint);
  });

  it('is 0x7275d51a3f395c8f for "int" and 0xc15d213aa4d7a795 for nothing', () => {
    expect(crc64Avro('"int"')).toBe(0x7275d51a3f395c8fn);
    expect(crc64Avro('')).toBe(0xc15d213aa4d7a795n);
  });
});
