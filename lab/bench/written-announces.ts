import {
  AnnounceEncoder,
  encodeAnnounceBatch,
  newestRecordsVersion,
  type AnnounceBatch,
  type ToldAnnounce,
} from '../../schemas/index.js';

const encoder = new AnnounceEncoder(newestRecordsVersion);

/** A batch as trackers write it today. */
export function writtenAnnounces(
  head: Pick<AnnounceBatch, 'tracker' | 'written'>,
  announces: readonly ToldAnnounce[],
): Buffer {
  if (!announces.every((announce) => encoder.put(announce))) throw new Error('out of bounds');
  return encodeAnnounceBatch(newestRecordsVersion, head, announces.length, encoder.take());
}
