import { describe, expect, it } from '@jest/globals';
import { groupsText } from './groups-text.js';

describe('whose streams somebody sees', () => {
  it('is said of all streams, of none, and of named groups', () => {
    expect(groupsText(null)).toBe('all streams');
    expect(groupsText([])).toBe('no stream');
    expect(groupsText(['news', 'sports'])).toBe('groups news, sports');
  });
});
