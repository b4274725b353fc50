export { announceColumns, writeAnnounceRows } from './announce-rows.js';
export { AnnounceTranscoder } from './announce-transcoder.js';
