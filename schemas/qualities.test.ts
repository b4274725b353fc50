import { describe, expect, it } from '@jest/globals';
import { qualityOf, qualityOverAllStreams, renditionName } from './names.js';

const usual = [
  ['720p', '720p'],
  ['720P', '720p'],
  [' 720p ', '720p'],
  ['1080', '1080p'],
  ['1080i', '1080p'],
  ['721p', '720p'],
  ['800p', '720p'],
  ['810p', '720p'],
  ['811p', '900p'],
  ['1078p', '1080p'],
  ['1440p60', '1440p'],
  ['1080p@59.94', '1080p'],
  ['1080p 60 fps', '1080p'],
  ['1080i50', '1080p'],
  ['1080@25', '1080p'],
  ['1920p', '1080p'],
  ['1280p', '720p'],
  ['854p', '480p'],
  ['640p', '360p'],
  ['1920x1080', '1080p'],
  ['1080x1920', '1080p'],
  ['1920×800', '1080p'],
  ['1920 X 1080 p', '1080p'],
  ['1920*1080', '1080p'],
  ['1280x720@50', '720p'],
  ['1280x720p50', '720p'],
  ['640x480', '480p'],
  ['720x576', '576p'],
  ['4096x2160', '2160p'],
  ['4k', '2160p'],
  ['4K60', '2160p'],
  ['UHD', '2160p'],
  ['8K', '4320p'],
  ['100p', '144p'],
  ['5000p', '4320p'],
] as const;
const decorated = [
  ['720p HDR', '720p'],
  ['1080p60 HDR', '1080p'],
  ['1080p hdr10+', '1080p'],
  ['4K UHD', '2160p'],
  ['UHD 2160p', '2160p'],
  ['FHD', '1080p'],
  ['Full HD 1080p', '1080p'],
  ['HD 720p', '720p'],
  ['720p (HD)', '720p'],
  ['Auto (720p)', '720p'],
  ['auto (1080p60 HDR)', '1080p'],
  ['1920x1080@5000k', '1080p'],
  ['1080p 5000k', '1080p'],
  ['720p @ 3.5 Mbps', '720p'],
  ['720.0', '720p'],
  [720, '720p'],
  [1080.4, '1080p'],
] as const;
const strange = [
  '1p',
  '99p',
  '5001p',
  '99999p',
  '0p',
  '-720p',
  '7.2p',
  '1e3',
  '0x2d0',
  '1x1',
  '99999x2',
  '1920x',
  'x1080',
  '1920x1080x60',
  '108060',
  '720p1000',
  '720p60p',
  '720pp',
  'p',
  'hd',
  'sd',
  'auto',
  '2k',
  'cinema-4k',
  'other',
  '720p\u0000',
  '７２０p',
  '4\u212a',
  '__proto__',
  'HDR',
  '5000k',
  'auto ()',
  'UHD HDR 720p60p',
  'Auto (Full HD 1920 x 1080 p@59.940 fps)',
  '720'.repeat(20),
];

describe('the quality that an announce counts under', () => {
  it.each([...usual, ...decorated])(
    'told as %j is %s, where the stream lists no renditions',
    (told, quality) => {
      expect(qualityOf(told, [])).toBe(quality);
    },
  );

  it.each(strange)('told as %j is other', (told) => {
    expect(qualityOf(told, [])).toBe('other');
    expect(qualityOf(told, ['high'])).toBe('other');
  });

  it.each([undefined, null, NaN, Infinity, {}, ['720p'], '', ' ', 'unknown', 'Unknown'])(
    'is unknown where it is told as %j',
    (told) => {
      expect(qualityOf(told, [])).toBe('unknown');
      expect(qualityOf(told, ['high'])).toBe('unknown');
    },
  );

  it('is one of the stream’s renditions where it lists any, by its name', () => {
    const renditions = ['HD', 'hd=720p', 'audio only', 'a=b', 'Uhd=2160p', 'low '];
    expect(qualityOf('hd', renditions)).toBe('hd=720p');
    expect(qualityOf('HD', renditions)).toBe('HD');
    expect(qualityOf('Hd', renditions)).toBe('HD');
    expect(qualityOf('uhd', renditions)).toBe('Uhd=2160p');
    expect(qualityOf('Uhd=2160p', renditions)).toBe('Uhd=2160p');
    expect(qualityOf(' Audio Only', renditions)).toBe('audio only');
    expect(qualityOf('a=b', renditions)).toBe('a=b');
    expect(qualityOf('LOW', renditions)).toBe('low ');
    for (const told of ['a', '720p', '1280x720', '2160p', 'b']) {
      expect(qualityOf(told, renditions)).toBe('other');
    }
  });

  it('is a listed height that is told another way, and not one that is merely near', () => {
    const renditions = ['360p', '800p', '1080p', '0p', '540p=480p'];
    expect(qualityOf('1080', renditions)).toBe('1080p');
    expect(qualityOf(1080, renditions)).toBe('1080p');
    expect(qualityOf('Auto (1080p)', renditions)).toBe('1080p');
    expect(qualityOf('1080x1920', renditions)).toBe('1080p');
    expect(qualityOf('1080P60', renditions)).toBe('1080p');
    expect(qualityOf('800', renditions)).toBe('800p');
    expect(qualityOf('960x540', renditions)).toBe('540p=480p');
    for (const told of ['801p', '1078p', '720p', 'p']) {
      expect(qualityOf(told, renditions)).toBe('other');
    }
  });
});

describe('a quality over all streams', () => {
  it('is the nearest usual name of a rendition, by the same rules', () => {
    for (const [told, quality] of usual) expect(qualityOverAllStreams(told)).toBe(quality);
    for (const told of [...strange, 'unknown', '']) {
      expect(qualityOverAllStreams(told)).toBe('other');
    }
  });

  it('is the usual name that a rendition gives', () => {
    expect(qualityOverAllStreams('hd=720p')).toBe('720p');
    expect(qualityOverAllStreams('1080p=720p')).toBe('720p');
    expect(qualityOverAllStreams('a=b=4320p')).toBe('4320p');
    for (const quality of ['hd=721p', 'hd=720P', 'hd=', 'a=b', '720p=hd']) {
      expect(qualityOverAllStreams(quality)).toBe('other');
    }
  });

  it('is given behind the name that players tell', () => {
    const names = ['hd=720p', 'a=b=720p', '720p', 'a=b', '=720p'].map(renditionName);
    expect(names).toEqual(['hd', 'a=b', '720p', 'a=b', '']);
  });
});
