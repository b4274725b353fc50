import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { Health, showHealth } from './health.js';

describe('health', () => {
  it('is a series for each reason, and none when ready', async () => {
    const [health, registry] = [new Health(), new Registry()];
    showHealth(health, registry);
    let problem: string | undefined = 'the login failed';
    health.addCheck('kafka', () => problem);
    health.addCheck('clock', () => undefined);
    const series = async (): Promise<string[]> =>
      (await registry.metrics()).split('\n').filter((line) => /^viblast_not_ready/.test(line));
    expect(await series()).toEqual(['viblast_not_ready{check="kafka"} 1']);
    problem = undefined;
    expect(await series()).toEqual([]);
  });
});
