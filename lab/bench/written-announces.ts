import { AnnounceEncoder, encodeAnnounceBatch, type AnnounceBatch } from '../../schemas/index.js';

const encoder = new AnnounceEncoder();

/** A batch as trackers write it today. */
export function writtenAnnounces(batch: AnnounceBatch): Buffer {
  const { announces } = batch;
  if (!announces.every((announce) => encoder.put(announce))) throw new Error('out of bounds');
  return encodeAnnounceBatch(batch, announces.length, encoder.take());
}
