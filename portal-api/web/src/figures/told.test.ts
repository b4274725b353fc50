import { describe, expect, it } from '@jest/globals';
import { told } from './told.js';

describe('a series as an answer tells it', () => {
  it('knows the steps in which it means at least what it tells', () => {
    const atLeast = ['/series/cdnBytes/1', '/series/viewersByQuality/a~1b/0', '/series/viewers/10'];
    expect(told({ atLeast }, [1, 2], 'cdnBytes').atLeast).toEqual(new Set([1]));
    expect(told({ atLeast }, [1, 2], 'viewersByQuality', 'a/b').atLeast).toEqual(new Set([0]));
    expect(told({ atLeast }, [1, 2], 'viewers').atLeast).toEqual(new Set());
    expect(told({ atLeast: [] }, [1, 2], 'cdnBytes')).toEqual({ values: [1, 2] });
  });
});
