import { describe, expect, it } from '@jest/globals';
import { reachable } from './admin-port.js';
import { statusCode, worstStatus } from './exit-codes.js';
import { servicePaths } from './layout.js';
import { whyItEnded } from './log-lines.js';

describe('servicePaths', () => {
  const placing = {
    program: '/opt/viblast/lib/1',
    root: '/opt/viblast',
    hasSettings: (folder: string) => folder === '/opt/viblast/etc',
  };

  it('has etc, log and data in the root, and the program where it is', () => {
    expect(servicePaths('tracker', placing)).toEqual({
      service: 'tracker',
      name: 'tracker',
      main: '/opt/viblast/lib/1/dist/tracker/main.js',
      folder: '/opt/viblast',
      pidFile: '/opt/viblast/data/tracker.pid',
      logFile: '/opt/viblast/log/tracker.log',
      configPath: '/opt/viblast/etc',
    });
  });

  it('gives an instance files and settings of its own, also before there are any', () => {
    expect(servicePaths('tracker', { ...placing, instance: '2' })).toMatchObject({
      name: 'tracker@2',
      pidFile: '/opt/viblast/data/tracker@2.pid',
      configPath: '/opt/viblast/etc/2',
    });
  });

  it('takes the settings that are named, and leaves it to the service where etc has none', () => {
    const named = servicePaths('rollup', { ...placing, configPath: '/tmp/a.json' });
    expect(named.configPath).toBe('/tmp/a.json');
    const none = servicePaths('rollup', { ...placing, hasSettings: () => false });
    expect(none.configPath).toBeUndefined();
  });
});

describe('worstStatus', () => {
  const { running, dead, notRunning, unknown } = statusCode;
  it.each([
    [[running, running], running],
    [[running, notRunning], notRunning],
    [[notRunning, dead], dead],
    [[dead, unknown], unknown],
  ])('of %j is %d', (codes, worst) => {
    expect(worstStatus(codes)).toBe(worst);
  });
});

describe('whyItEnded', () => {
  it('has what is no JSON, and the last lines where all is', () => {
    expect(whyItEnded('{"level":"info"}\ntracker: port taken\n')).toEqual(['tracker: port taken']);
    expect(whyItEnded('{"level":"info"}\n\n{"level":"error"}\n')).toEqual([
      '{"level":"info"}',
      '{"level":"error"}',
    ]);
  });

  it('is not longer than a screen', () => {
    const log = Array.from({ length: 100 }, (_, line) => `at ${line}`).join('\n');
    expect(whyItEnded(log)).toHaveLength(20);
  });
});

describe('reachable', () => {
  it.each([
    ['0.0.0.0:2920', '127.0.0.1:2920'],
    ['[::]:2920', '[::1]:2920'],
    ['10.0.0.1:2920', '10.0.0.1:2920'],
  ])('of %s is %s', (bound, asked) => {
    expect(reachable(bound)).toBe(asked);
  });
});
