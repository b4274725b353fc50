import type { LogRecord } from '../../kafka/index.js';
import type { EncodedRows } from '../pending-rows.js';

const release = (): void => undefined;

/** The rows of one record. */
export function encodedRows(bytes: Buffer, rowCount: number): EncodedRows {
  const records = [{ record: recordAt(0), rowCount, endByte: bytes.length }];
  return { bytes, rowCount, records, release };
}

/** The rows of several records in one: one row each, at the offsets from 0 on. */
export function encodedRecords(texts: readonly string[]): EncodedRows {
  const bytes = Buffer.from(texts.join(''));
  let endByte = 0;
  const records = texts.map((text, offset) => {
    endByte += Buffer.byteLength(text);
    return { record: recordAt(offset), rowCount: 1, endByte };
  });
  return { bytes, rowCount: texts.length, records, release };
}

function recordAt(offset: number): LogRecord {
  return { partition: 0, offset, logAppendTimeMs: 0, key: null, value: null };
}
