import { describe, expect, it } from '@jest/globals';
import { cpuMsOf } from '../../service/testing/cpu-ms.js';
import { userAgents } from '../testing/user-agents.js';
import { brandsOfHeader, familyOfBrands } from './browser-brands.js';
import { browserFamily, requestedFamily } from './browser-family.js';

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

describe('the browser family by User-Agent', () => {
  it.each(userAgents)('is %s for %s: %s', (family, _, userAgent) => {
    expect(browserFamily(userAgent)).toBe(family);
  });

  it('is decided by no device’s name, whatever it is', () => {
    const names = ['Focus', 'Firefox/128.0', 'Edge/18', 'Edg/1', 'iPhone', 'Opera Mini/7', 'a (b'];
    for (const name of names) {
      expect(browserFamily(chrome.replace('Win64', name))).toBe('Chrome');
      expect(browserFamily(firefox.replace('x86_64', name))).toBe('Firefox');
    }
  });

  it.each(['', undefined, 'Mozilla/5.0', 'x'.repeat(100_000)])('is Other for %s', (userAgent) => {
    expect(browserFamily(userAgent)).toBe('Other');
  });

  it('is found in a time that no text can draw out', () => {
    const cpuMs = cpuMsOf(() => {
      for (const part of ['(', ')', '()', '((a) ', 'Chrome ', '/', 'a/', ' ']) {
        for (let times = 0; times < 100; times += 1) browserFamily(part.repeat(20_000));
      }
    });
    expect(cpuMs).toBeLessThan(1_000);
  });
});

describe('the browser family by brands', () => {
  it.each([
    ['Chrome', '" Not A;Brand";v="99", "Chromium";v="98", "Google Chrome";v="98"'],
    ['Chrome', '"\\\\Not;A\\"Brand";v="8", "Chromium";v="96", "Yandex";v="22"'],
    ['Chrome', '" Not A;Brand";v="99", "Chromium";v="96", "Opera";v="82", "OperaMobile";v="67"'],
    ['Chrome', '"Android WebView";v="129", "Not=A?Brand";v="8"'],
    ['Edge', '"Chromium";v="124", "Microsoft Edge";v="124", "Not-A.Brand";v="99"'],
    ['Edge', '"Microsoft Edge WebView2";v="131", "Chromium";v="131"'],
    [undefined, '"Not-A.Brand";v="99"'],
    [undefined, 'Chromium'],
    [undefined, ''],
  ])('is %s for %s', (family, header) => {
    expect(familyOfBrands(brandsOfHeader(header))).toBe(family);
  });

  it('goes before the User-Agent, where it is known', () => {
    const headers = { 'user-agent': firefox };
    expect(requestedFamily({ ...headers, 'sec-ch-ua': '"Microsoft Edge";v="1"' })).toBe('Edge');
    expect(requestedFamily({ ...headers, 'sec-ch-ua': '"Not A;Brand";v="1"' })).toBe('Firefox');
    expect(requestedFamily(headers)).toBe('Firefox');
    expect(requestedFamily({})).toBe('Other');
  });

  it('is found in a time that no header can draw out', () => {
    const cpuMs = cpuMsOf(() => {
      for (const part of ['"', '\\', '"\\', '\\"', '"a', '""']) {
        for (let times = 0; times < 100; times += 1) brandsOfHeader(part.repeat(20_000));
      }
    });
    expect(cpuMs).toBeLessThan(1_000);
  });
});
