import { describe, expect, it } from '@jest/globals';
import { toldBrowser, toldRole } from './told-browser.js';

const told = (browser: unknown, brands?: unknown): string | undefined =>
  toldBrowser({
    type: 'hello',
    stream: 'arena',
    session: 'qL0hZ1mAQm6y1YVfWcT5dA',
    browser,
    brands,
  });

const edge = [
  { brand: 'Not_A Brand', version: '24' },
  { brand: 'Chromium', version: '131' },
  { brand: 'Microsoft Edge', version: '131' },
];

describe('the role that hello tells', () => {
  it.each([
    ['seeder', 'seeder'],
    ['preview', 'preview'],
    [undefined, 'viewer'],
    ['Seeder', 'viewer'],
    [['seeder'], 'viewer'],
    ['toString', 'viewer'],
  ])('%j is %s', (role, known) => {
    const hello = {
      type: 'hello',
      stream: 'arena',
      session: 'qL0hZ1mAQm6y1YVfWcT5dA',
      role,
    } as const;
    expect(toldRole(hello)).toBe(known);
  });
});

describe('the browser that hello tells', () => {
  it('is its family, however it is written', () => {
    expect(told('Firefox')).toBe('Firefox');
    expect(told('safari')).toBe('Safari');
    expect(told('Other', edge)).toBe('Other');
  });

  it('is that of its brands where it names no family that is known', () => {
    expect(told(undefined, edge)).toBe('Edge');
    expect(told('Opera', edge.slice(0, 2))).toBe('Chrome');
  });

  it('is not told by anything else', () => {
    const words = [undefined, null, 7, '', 'Opera', 'toString', ['Chrome'], 'x'.repeat(60_000)];
    for (const browser of words) expect(told(browser)).toBeUndefined();
    const lists = [
      null,
      'Chromium',
      {},
      [],
      [null, 7, 'Chromium', {}, { brand: 7 }],
      [{ brand: 'Opera' }],
    ];
    for (const brands of lists) expect(told('Opera', brands)).toBeUndefined();
  });
});
