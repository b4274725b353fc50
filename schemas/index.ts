export { codec, type Decoded, type DecodeFailure } from './codec.js';
export { decodeNamePart, encodeNamePart } from './graphite-names.js';
export * from './histograms.js';
export { announceLimits } from './limits.js';
export * from './minutes.js';
export * from './names.js';
export * from './records.js';
export * from './session-id.js';
