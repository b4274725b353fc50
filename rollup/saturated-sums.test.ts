import { describe, expect, it } from '@jest/globals';
import {
  announceLimits,
  codec,
  plainCellOf,
  sumMax,
  type PlainCell,
  type StreamCells,
} from '../schemas/index.js';
import { encodePartials } from './partials/partial-batches.js';
import { PartitionMinutes } from './partials/partition-minutes.js';
import { announce, testTimes } from './testing/announces.js';
import { packedPartials } from './totals/packed-partials.js';
import { PartitionTotals } from './totals/partition-totals.js';
import { nothingSetAside } from './testing/stage-parts.js';

const begin = { offset: 0, exactFrom: 0 };
/** More announces of one minute than the largest sum has room for, at the bound of their bytes. */
const batches = 138;
const batchAnnounces = 1_024;

/** What one input partition sends of minute 0: a viewer at all bounds, and an ordinary one. */
function sentPartials(inputPartition: number): Buffer[] {
  const minutes = new PartitionMinutes(testTimes, begin);
  const { bytesMax, durationMsMax, countMax } = announceLimits;
  for (let batch = 0; batch < batches; batch += 1) {
    const announces = Array.from({ length: batchAnnounces }, (_, index) =>
      announce({
        number: 2 ** 31 - 1 - (batch * batchAnnounces + index),
        watchedMs: durationMsMax,
        stalledMs: durationMsMax,
        stalls: countMax,
        cdnBytes: bytesMax,
        peerBytes: bytesMax,
      }),
    );
    minutes.applyBatch(batch, 0, { tracker: 't', written: 0, announces });
  }
  const ordinary = announce({ stream: 'studio', cdnBytes: 1_000, watchedMs: 5_000 });
  minutes.applyBatch(batches, 0, { tracker: 't', written: 0, announces: [ordinary] });
  minutes.applyMark(batches + 1, 10_000, { owner: 'r', written: 10_000 });
  const encoding = { partialPartitions: 1, recordsVersion: 3, setAside: nothingSetAside } as const;
  return encodePartials(inputPartition, minutes.plan(), encoding).map(({ value }) => value);
}

function cellsOf(streams: readonly StreamCells[], stream: string): PlainCell | undefined {
  return streams.find((one) => one.stream === stream)?.cells.map(plainCellOf)[0];
}

describe('a viewer that reports its bounds as often as it can', () => {
  const sent = [0, 1].map(sentPartials);

  it('fills its own cell up to the bound, and stage 1 sends on for all other streams', () => {
    const streams = (sent[0] ?? []).flatMap((value) => {
      const decoded = codec().decode(value);
      return decoded.ok && decoded.record.type === 'PartialBatch'
        ? decoded.record.value.streams
        : [];
    });
    const hostile = cellsOf(streams, 'arena');
    expect(hostile).toMatchObject({ viewers: 1, announces: batches * batchAnnounces });
    expect(hostile).toMatchObject({ cdnBytes: sumMax, peerBytes: sumMax });
    expect(hostile?.watchedMs).toBe(batches * batchAnnounces * announceLimits.durationMsMax);
    expect(cellsOf(streams, '*')).toMatchObject({ viewers: 2, cdnBytes: sumMax });
    expect(cellsOf(streams, 'studio')).toMatchObject({ viewers: 1, cdnBytes: 1_000 });
  });

  it('leaves the totals of two such partitions at the bound too', () => {
    const totals = new PartitionTotals(2, begin);
    let offset = 0;
    for (const value of sent.flat()) {
      const decoded = codec().decode(value);
      if (!decoded.ok || decoded.record.type !== 'PartialBatch') throw new Error('no partials');
      totals.applyPartials(offset, 0, packedPartials(decoded.record.value));
      offset += 1;
    }
    const minute = totals.minute(0);
    expect(minute?.total('arena').cells.map(plainCellOf)).toMatchObject([
      { viewers: 2, cdnBytes: sumMax },
    ]);
    expect(minute?.total('studio').cells.map(plainCellOf)).toMatchObject([
      { viewers: 2, cdnBytes: 2_000 },
    ]);
  });
});
