import { describe, expect, it } from '@jest/globals';
import { groupLag } from './group-lag.js';

describe('the lag of a group', () => {
  it('is counted from its commit, from what is left of the log where that is behind it, or where there is none', async () => {
    const admin = {
      offsets: () =>
        Promise.resolve([
          { partition: 0, startOffset: 0, endOffset: 100 },
          { partition: 1, startOffset: 40, endOffset: 100 },
          { partition: 2, startOffset: 40, endOffset: 100 },
          { partition: 3, startOffset: 0, endOffset: 7 },
        ]),
      commits: () =>
        Promise.resolve([
          { partition: 0, offset: 90, metadata: '' },
          { partition: 1, offset: 10, metadata: '' },
          { partition: 2, offset: -1, metadata: '' },
        ]),
    };
    expect([...(await groupLag(admin, 'g', 't'))]).toEqual([
      [0, 10],
      [1, 60],
      [2, 60],
      [3, 7],
    ]);
  });
});
