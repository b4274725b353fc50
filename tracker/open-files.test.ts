import { describe, expect, it } from '@jest/globals';
import { checkOpenFiles, openFilesMax } from './open-files.js';

const limits = (
  files: string,
): string => `Limit                     Soft Limit           Hard Limit           Units
Max processes             95000                95000                processes
Max open files            ${files.padEnd(20)} 1048576              files
`;

describe('the files that a tracker may open', () => {
  it.each([
    [limits('1024'), 1_024],
    [limits('unlimited'), Number.POSITIVE_INFINITY],
    ['', undefined],
  ])('are read from the system', (text, expected) => {
    expect(openFilesMax(text)).toBe(expected);
  });

  it('are known here', () => {
    if (process.platform === 'linux') expect(openFilesMax()).toBeGreaterThan(100);
  });

  it('are enough for the sockets, or both numbers are named, and what will do', () => {
    expect(() => checkOpenFiles(10_000, 10_384)).not.toThrow();
    expect(() => checkOpenFiles(10_000, undefined)).not.toThrow();
    expect(() => checkOpenFiles(10_000, 4_096)).toThrow(
      /^setting "sockets_max": 10000 sockets need 10384 open files, and this process may have 4096: .*LimitNOFILE=10384.* sockets_max to 3712 at most$/,
    );
    expect(() => checkOpenFiles(3_712, 4_096)).not.toThrow();
  });
});
