import { announcesWritten, codec, type AnnounceBatch } from '../../schemas/index.js';

/** A batch as trackers write it today. */
export function writtenAnnounces(batch: AnnounceBatch): Buffer {
  return codec().encode('AnnounceBatch', batch, announcesWritten);
}
