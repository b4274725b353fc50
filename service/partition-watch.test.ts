import { beforeEach, describe, expect, it } from '@jest/globals';
import { memberState, PartitionWatch, standingText } from './partition-watch.js';

let nowMs = 0;
let watch: PartitionWatch;

beforeEach(() => {
  nowMs = 1_000;
  watch = new PartitionWatch(() => nowMs);
});

describe('the watch over partitions', () => {
  it('names a partition that has waited for a minute, and the latest reason', () => {
    watch.waits('announces/3', 'sending', 'Kafka is slow');
    nowMs += 59_999;
    watch.waits('announces/3', 'sending', 'Kafka is away');
    expect(watch.standing()).toEqual([]);
    nowMs += 1;
    expect(watch.standing()).toEqual([
      { partition: 'announces/3', standsMs: 60_000, reason: 'Kafka is away' },
    ]);
    expect(standingText(watch.standing())).toBe('announces/3 stands still for 60 s: Kafka is away');
    expect(memberState(watch.standing())).toBe('stands still: announces/3');
  });

  it('counts anew once it went well, each concern for itself', () => {
    watch.waits('announces/3', 'sending', 'Kafka is away');
    watch.waits('announces/3', 'reading', 'a record');
    nowMs += 60_000;
    watch.wentWell('announces/3', 'sending');
    watch.wentWell('announces/4', 'sending');
    expect(watch.standing()).toMatchObject([{ reason: 'a record' }]);
    watch.wentWell('announces/3', 'reading');
    expect(watch.standing()).toEqual([]);
    expect(standingText([])).toBeUndefined();
    expect(memberState([])).toBe('up');
  });

  it('is not set at ease by records before the one that fails', () => {
    watch.waits('announces/3', 'reading', 'offset 70 fails', 70);
    nowMs += 60_000;
    watch.waits('announces/3', 'reading', 'offset 70 fails');
    watch.wentWell('announces/3', 'reading', 69);
    expect(watch.standing()).toHaveLength(1);
    watch.wentWell('announces/3', 'reading', 70);
    expect(watch.standing()).toEqual([]);
  });

  it('forgets partitions that are another’s', () => {
    watch.waits('announces/3', 'reading', 'one');
    watch.waits('announces/4', 'reading', 'another');
    nowMs += 60_000;
    watch.keep(['announces/4', 'announces/5']);
    expect(watch.standing().map(({ partition }) => partition)).toEqual(['announces/4']);
    nowMs += 30_000;
    watch.keep(['announces/4']);
    watch.keep(['announces/3', 'announces/4']);
    expect(watch.standing().map(({ partition }) => partition)).toEqual(['announces/4']);
  });

  it('counts on over a rebalance for partitions that come back soon', () => {
    watch.waits('announces/3', 'reading', 'one');
    for (let rebalances = 0; rebalances < 3; rebalances += 1) {
      nowMs += 20_000;
      watch.keep([]);
      nowMs += 5_000;
      expect(watch.standing()).toEqual([]);
      watch.keep(['announces/3']);
      watch.waits('announces/3', 'reading', 'one');
    }
    expect(watch.standing()).toMatchObject([{ partition: 'announces/3', standsMs: 75_000 }]);
  });

  it('forgets what nobody has told of since the partition came back', () => {
    watch.waits('announces/3', 'dead letters', 'one');
    nowMs += 20_000;
    watch.keep([]);
    watch.keep(['announces/3']);
    nowMs += 39_999;
    watch.keep(['announces/3']);
    nowMs += 1;
    expect(watch.standing()).toHaveLength(1);
    watch.keep(['announces/3']);
    expect(watch.standing()).toEqual([]);
  });
});
