import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogRecord } from '../../../kafka/index.js';
import { packageRoot } from '../../../service/package-root.js';

const magic = Buffer.from('Obj\u0001', 'latin1');
const syncMarker = Buffer.alloc(16, 0x5a);
const singleObjectHeaderBytes = 10;

function long(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([long(bytes.length), bytes]);
}

/**
 * Batches passed through as an Avro object container, undecoded: each body with its place in the
 * log before it. One Avro record is one batch, so ClickHouse has to unfold its array into rows.
 */
export function avroContainer(records: readonly LogRecord[]): Buffer {
  const path = join(packageRoot(), 'schemas', 'avro', 'announce-batch.v1.avsc');
  const batch = JSON.parse(readFileSync(path, 'utf8')) as { fields: readonly object[] };
  const place = ['partition', 'offset', 'logAppendTime'].map((name) => ({ name, type: 'long' }));
  const schema = JSON.stringify({ ...batch, fields: [...place, ...batch.fields] });
  const bodies = records.flatMap(({ partition, offset, logAppendTimeMs, value }) => [
    long(partition),
    long(offset),
    long(logAppendTimeMs),
    value?.subarray(singleObjectHeaderBytes) ?? Buffer.alloc(0),
  ]);
  const block = Buffer.concat(bodies);
  const metadata = [long(1), bytesOf('avro.schema'), bytesOf(schema), long(0)];
  return Buffer.concat([
    magic,
    ...metadata,
    syncMarker,
    long(records.length),
    long(block.length),
    block,
    syncMarker,
  ]);
}
