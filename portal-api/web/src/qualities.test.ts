import { describe, expect, it } from '@jest/globals';
import { orderedQualities, qualityColours } from './qualities.js';

describe('qualities', () => {
  it('are ordered by height, named ones as the stream lists them, the rest last', () => {
    const qualities = ['unknown', 'uhd', '1080p', 'other', 'sd', '360p'];
    expect(orderedQualities(qualities, ['sd', 'hd', 'uhd'])).toEqual([
      '360p',
      '1080p',
      'sd',
      'uhd',
      'other',
      'unknown',
    ]);
  });

  it('have the place and colour of the height that they name', () => {
    const renditions = ['hd=720p', 'sd=360p', 'low'];
    expect(orderedQualities(renditions, renditions)).toEqual(['sd=360p', 'hd=720p', 'low']);
    const colours = qualityColours(['hd=720p', '1080p'], []);
    expect(colours.get('hd=720p')).toBe(qualityColours(['720p'], []).get('720p'));
  });

  it('have the same colour whatever others are there', () => {
    const few = qualityColours(['720p', '360p'], []);
    const many = qualityColours(['240p', '360p', '480p', '720p', '1080p'], []);
    expect(many.get('720p')).toBe(few.get('720p'));
    expect(many.get('360p')).toBe(few.get('360p'));
  });

  it('have a colour whatever their names', () => {
    const names = ['constructor', '__proto__', 'toString'];
    const colours = qualityColours(names, names);
    expect(names.map((name) => colours.get(name) ?? '')).toEqual(
      names.map(() => expect.stringMatching(/^--quality-\d$/)),
    );
  });

  it('have colours of their own, however close they are', () => {
    const colours = qualityColours(['270p', '288p', '360p', '396p'], []);
    expect(new Set(colours.values()).size).toBe(4);
  });
});
