export { announceColumns, writeAnnounceRows } from './announce-rows.js';
export { AnnounceTranscoder } from './announce-transcoder.js';
export { RowBinaryWriter } from './row-binary.js';
