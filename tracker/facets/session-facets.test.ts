import { describe, expect, it } from '@jest/globals';
import { nowhere } from '../swarm/network.js';
import { facetNames } from '../../schemas/index.js';
import { SessionFacets, type FacetSource } from './session-facets.js';
import { toldFacets } from './told-facets.js';

const others: string[] = [];
const onOther = (facet: string): void => void others.push(facet);
const all = { names: facetNames, knowsNetworks: true, networksMax: 2, onOther };
const source: FacetSource = {
  device: 'tv',
  system: 'Tizen',
  player: 'hls.js',
  network: { block: 7, system: 3320, country: 'DE' },
  labels: undefined,
  streamLabels: new Map(),
};

function told(facets: SessionFacets, change: Partial<FacetSource> = {}): string[] {
  return facets
    .hold({ ...source, ...change })
    .values.map(({ facet, value }) => `${facet}=${value}`);
}

describe('the facets of a session', () => {
  it('are one value of each, whatever is known', () => {
    const facets = new SessionFacets(all);
    const ofDevice = ['device=tv', 'system=Tizen', 'player=hls.js'];
    expect(told(facets)).toEqual(['country=DE', 'network=AS3320', ...ofDevice]);
    expect(told(facets, { network: nowhere })).toEqual([
      'country=unknown',
      'network=unknown',
      ...ofDevice,
    ]);
  });

  it('are those that the settings name, and none of an address where no file knows it', () => {
    expect(told(new SessionFacets({ ...all, names: ['player', 'country'] }))).toEqual([
      'country=DE',
      'player=hls.js',
    ]);
    expect(told(new SessionFacets({ ...all, knowsNetworks: false }))).toHaveLength(3);
    expect(told(new SessionFacets({ ...all, names: [] }))).toEqual([]);
  });

  it('tell so many networks apart as are allowed at a time', () => {
    const facets = new SessionFacets({ ...all, names: ['network'] });
    const of = (system: number) =>
      facets.hold({ ...source, network: { ...source.network, system } });
    const valuesOf = (held: ReturnType<typeof of>) => held.values.map(({ value }) => value);
    const [one, again, other, third] = [of(1), of(1), of(2), of(3)];
    expect([one, again, other, third].flatMap(valuesOf)).toEqual(['AS1', 'AS1', 'AS2', 'other']);
    third.release();
    one.release();
    expect(valuesOf(of(4))).toEqual(['other']);
    again.release();
    expect(valuesOf(of(4))).toEqual(['AS4']);
    expect(valuesOf(of(0))).toEqual(['unknown']);
  });

  it('name what counts as other', () => {
    others.length = 0;
    const facets = new SessionFacets({ ...all, networksMax: 0 });
    const streamLabels = new Map([['plan', new Set(['free'])]]);
    facets.hold({ ...source, device: 'other', labels: { plan: 'gold' }, streamLabels });
    expect(others).toEqual(['network', 'device', 'label']);
  });

  it('give the same object for the same value', () => {
    const facets = new SessionFacets(all);
    const [first, second] = [facets.hold(source).values, facets.hold(source).values];
    first.forEach((value, index) => expect(second[index]).toBe(value));
  });

  const plan = new Map([['plan', new Set(['free', 'paid'])]]);
  it.each([
    [{ plan: 'free' }, 'free'],
    [{ plan: 'gold' }, 'other'],
    [{ plan: 'x'.repeat(1e6) }, 'other'],
    [{ plan: 7 }, 'unknown'],
    [{ plan: '' }, 'unknown'],
    [{ plan: ['free'] }, 'unknown'],
    [{ show: 'free' }, 'unknown'],
    [JSON.parse('{"__proto__":{"plan":"free"}}'), 'unknown'],
    [['free'], 'unknown'],
    ['free', 'unknown'],
    [null, 'unknown'],
    [undefined, 'unknown'],
  ])('have a value of each label that the stream lists: %j', (labels: unknown, value) => {
    const facets = new SessionFacets({ ...all, names: [] });
    expect(told(facets, { labels, streamLabels: plan })).toEqual([`label.plan=${value}`]);
  });

  it('follow from hello, the User-Agent and what the stream lists', () => {
    const options = { labels: { plan: ['free'] } };
    const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0';
    const facts = toldFacets(
      { device: 'a fridge', player: 'dash.js/4', labels: { plan: 'free' } },
      { userAgent },
      nowhere,
      { options },
    );
    expect(facts).toMatchObject({ device: 'other', system: 'Windows', player: 'dash.js' });
    expect(facts.streamLabels).toEqual(new Map([['plan', new Set(['free'])]]));
  });
});
