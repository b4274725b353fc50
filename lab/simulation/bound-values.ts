import { partitionOf } from '../../kafka/index.js';
import {
  announceLimits,
  codec,
  topics,
  firstAnnounce,
  type Announce,
} from '../../schemas/index.js';
import type { World } from './world.js';

const batchAnnounces = 1_024;
/** So many batches at the bound of their bytes that a sum of 2^53 doesn't hold them. */
const batches = 130;

/** What a viewer may report at most, in each counter. */
export const boundReports = firstAnnounce({
  watchedMs: announceLimits.durationMsMax,
  stalledMs: announceLimits.durationMsMax,
  stalls: announceLimits.countMax,
  cdnBytes: announceLimits.bytesMax,
  peerBytes: announceLimits.bytesMax,
  uploadedBytes: announceLimits.bytesMax,
  droppedFrames: announceLimits.countMax,
  errors: announceLimits.countMax,
});

/**
 * One session has more announces of a minute in the log than a sum has room for, as if no tracker
 * had a bound: numbers from the highest downwards.
 */
export function fillACell({ clock, kafka, cluster }: World, stream: string): void {
  const session = Buffer.alloc(16, 9);
  const partition = partitionOf(stream, session, cluster.partitions);
  const { nowMs } = clock;
  for (let batch = 0; batch < batches; batch += 1) {
    const announces = Array.from({ length: batchAnnounces }, (_, index): Announce => {
      const number = announceLimits.numberMax - (batch * batchAnnounces + index);
      const what = { quality: '720p', browser: 'Chrome', state: 'playing' } as const;
      return { ...boundReports, ...what, stream, session, number, time: nowMs };
    });
    const value = codec().encode('AnnounceBatch', { tracker: 't', written: nowMs, announces });
    kafka.appendNow(topics.announces, partition, [{ value }]);
  }
}
