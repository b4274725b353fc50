import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { TalliedCounter } from './tallied-counter.js';

describe('a counter that keeps its figures itself', () => {
  it('shows each of its series, whenever somebody asks', async () => {
    const registry = new Registry();
    const counter = new TalliedCounter(registry, 'offers_total', 'Offers.', ['kind', 'outcome']);
    counter.add('plain relayed');
    counter.add('plain relayed', 2);
    counter.add('plain refused');
    expect(await registry.metrics()).toContain('offers_total{kind="plain",outcome="relayed"} 3');
    counter.add('plain relayed');
    const text = await registry.metrics();
    expect(text).toContain('offers_total{kind="plain",outcome="relayed"} 4');
    expect(text).toContain('offers_total{kind="plain",outcome="refused"} 1');
  });

  it('shows 0 where it has no labels and nothing was counted', async () => {
    const registry = new Registry();
    new TalliedCounter(registry, 'scrapes_total', 'Scrapes.', []);
    expect(await registry.metrics()).toContain('scrapes_total 0');
  });
});
