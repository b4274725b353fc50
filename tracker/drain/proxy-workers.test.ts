import { describe, expect, it } from '@jest/globals';
import { ProxyWorkers } from './proxy-workers.js';

const viewer = () => ({ reconnect: () => undefined });

describe('the workers of proxies', () => {
  it('have viewers who come again once another one has asked for long', () => {
    const workers = new ProxyWorkers();
    const [stays, goes, ended] = [viewer(), viewer(), viewer()];
    workers.hold('old', goes);
    workers.asked('old', 0);
    workers.hold('old', ended)();
    workers.asked('new', 500);
    workers.hold('new', stays);
    workers.asked('new', 10_000);
    expect(workers.takeLeavers(9)).toEqual([]);
    workers.asked('new', 10_001);
    expect(workers.takeLeavers(9)).toEqual([goes]);
    expect(workers.takeLeavers(9)).toEqual([]);
  });

  it('are left by so many at a time', () => {
    const workers = new ProxyWorkers();
    const viewers = Array.from({ length: 5 }, viewer);
    workers.asked('old', 0);
    for (const one of viewers) workers.hold('old', one);
    workers.asked('new', 20_000);
    const taken = [2, 2, 2, 2].map((max) => workers.takeLeavers(max));
    expect(taken.map(({ length }) => length)).toEqual([2, 2, 1, 0]);
    expect(new Set(taken.flat())).toEqual(new Set(viewers));
  });

  it('all stay while none asks, such as when this tracker could not answer', () => {
    const workers = new ProxyWorkers();
    workers.asked('one', 0);
    workers.asked('other', 400);
    workers.hold('one', viewer());
    expect(workers.takeLeavers(9)).toEqual([]);
    workers.asked('one', 60_000);
    workers.asked('other', 60_001);
    expect(workers.takeLeavers(9)).toEqual([]);
  });

  it('hold nobody whose worker has never asked, and forget names that are made up', () => {
    const workers = new ProxyWorkers();
    const letGo = workers.hold('never asked', viewer());
    for (let count = 0; count < 5_000; count += 1) workers.asked(`made up ${count}`, 0);
    workers.asked('made up 0', 20_000);
    expect(workers.takeLeavers(9)).toEqual([]);
    letGo();
    const late = viewer();
    workers.hold('new', late);
    workers.asked('new', 20_000);
    workers.asked('made up 0', 40_000);
    expect(workers.takeLeavers(9)).toEqual([late]);
  });
});
