import { refuseJoin, type AdmissionCheck } from './check.js';

/** Only streams that the registry knows and that aren't archived take viewers. */
export const streamTakesViewers: AdmissionCheck = ({ stream }) => {
  if (stream === undefined) return refuseJoin('unknown_stream', 'no stream has this key');
  if (stream.isArchived) return refuseJoin('unknown_stream', 'the stream is archived');
  return undefined;
};
