import { describe, expect, it } from '@jest/globals';
import { readCountedOverAll } from '../../clickhouse/index.js';
import { allStreams, qualityOverAllStreams } from '../../schemas/index.js';
import { sharedStack } from './testing/stack.js';
import { randomLog } from './testing/views-model.js';
import { insertAnnounces, makeDatabase, minuteTimes } from './testing/views-support.js';

const { intervalMs } = minuteTimes;
const firstMinute = Math.floor(Date.now() / intervalMs) - 3_000;

const heights = [1, 99, 100, 192, 193, 255, 256, 640, 648, 649, 720, 768, 800, 810, 811, 853, 854];
const larger = [990, 991, 1024, 1078, 1260, 1261, 1280, 1800, 1801, 1920, 3240, 3241, 5000, 5001];
const sizes = ['1920x800', '1080x1920', '1920×1080', '640*480', '1368x100', '1x1', '99999x2'];
const rates = ['', 'p', 'P', 'i', 'p60', ' p', '@50', ' 25', 'p@59.94', 'p 30 fps', '60', 'p1000'];
const words = [
  '4k',
  '4K60',
  'uhd',
  ' 8k ',
  '2k',
  'hd',
  'HD=720p',
  '1080p=720p',
  'a=b=144p',
  '=720p',
];
const others = [
  'other',
  'unknown',
  'a=b',
  'hd=721p',
  '720p=hd',
  '4\u212a',
  '７２０p',
  '画',
  "'",
  '\\d',
];

const told = [
  ...[...heights, ...larger].map((height) => `${height}p`),
  ...[...sizes, '720', '1080', '0720'].flatMap((size) => rates.map((rate) => size + rate)),
  ...words,
  ...others,
];

describe('qualities over all streams', () => {
  it('are the same in the count that SQL makes of raw announces as in the rollup', async () => {
    const clickhouse = await makeDatabase(sharedStack().clickhouse.url);
    try {
      const [first] = randomLog(1, firstMinute);
      if (first === undefined) throw new Error('an empty log');
      // Each in a minute of its own.
      const log = told.map((quality, index) => {
        const time = (firstMinute + index) * intervalMs;
        const announce = { ...first.announce, number: index, time, quality };
        return { ...first, offset: index, logAppendTimeMs: time, announce };
      });
      await insertAnnounces(clickhouse, log);
      const span = { from: firstMinute, to: firstMinute + told.length };
      const rows = await readCountedOverAll(clickhouse, span);
      const counted = new Map(rows.map((row) => [row.minute - firstMinute, row]));
      const shown = told.map((quality, index) => {
        const row = counted.get(index);
        return [quality, row?.quality, row?.stream, row?.announces];
      });
      expect(shown).toEqual(
        told.map((quality) => [quality, qualityOverAllStreams(quality), allStreams, 1]),
      );
    } finally {
      await clickhouse.close();
    }
  }, 60_000);
});
