import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const bytesMax = 16_384;

/** The last lines of a file, however long it is; empty when there is none. */
export function logTail(path: string, linesMax = 15): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, bytesMax));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-linesMax).join('\n');
  } finally {
    closeSync(file);
  }
}
