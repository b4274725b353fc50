/**
 * CRC-64-AVRO, the fingerprint of a schema's parsing canonical form.
 * Source: Apache Avro specification, "Schema Fingerprints".
 */
const emptyFingerprint = 0xc15d213aa4d7a795n;

function buildTable(): bigint[] {
  const table: bigint[] = [];
  for (let index = 0n; index < 256n; index += 1n) {
    let fingerprint = index;
    for (let bit = 0; bit < 8; bit += 1) {
      fingerprint = (fingerprint >> 1n) ^ ((fingerprint & 1n) === 1n ? emptyFingerprint : 0n);
    }
    table.push(fingerprint);
  }
  return table;
}

/** The 64-bit fingerprint of a canonical form's UTF-8 bytes. */
export function crc64Avro(canonicalForm: string): bigint {
  const table = buildTable();
  let fingerprint = emptyFingerprint;
  for (const byte of Buffer.from(canonicalForm, 'utf8')) {
    fingerprint = (fingerprint >> 8n) ^ (table[Number((fingerprint ^ BigInt(byte)) & 0xffn)] ?? 0n);
  }
  return fingerprint;
}
