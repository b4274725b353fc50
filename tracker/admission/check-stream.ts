import type { AdmissionCheck } from './check.js';

/** Only streams that the registry knows and that aren't archived take viewers. */
export const streamTakesViewers: AdmissionCheck = ({ stream }) => {
  if (stream === undefined) return { code: 'unknown_stream', detail: 'no stream has this key' };
  if (stream.isArchived) return { code: 'unknown_stream', detail: 'the stream is archived' };
  return undefined;
};
