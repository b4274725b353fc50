import { describe, expect, it } from '@jest/globals';
import { facetOptionsError, graphiteFacets, labelOptions } from './facet-options.js';

describe('labels of a stream', () => {
  it('are names with the values that are told apart', () => {
    const options = { labels: { plan: ['free', 'paid'], show_2: ['Aréna "1" <b>'] } };
    expect(facetOptionsError(options)).toBeUndefined();
    expect(labelOptions(options)).toEqual(
      new Map([
        ['plan', new Set(['free', 'paid'])],
        ['show_2', new Set(['Aréna "1" <b>'])],
      ]),
    );
  });

  it.each([
    ['a list', [], 'options.labels: not an object'],
    ['six of them', { a: [], b: [], c: [], d: [], e: [], f: [] }, 'more than 5'],
    ['a name with a dot', { 'a.b': [] }, 'options.labels: a name is of'],
    ['a name of an object', JSON.parse('{"__proto__":[]}'), 'options.labels: a name is of'],
    ['no list of values', { plan: 'free' }, 'options.labels.plan: not a list'],
    ['51 values', { plan: Array.from({ length: 51 }, (_, at) => `${at}`) }, 'more than 50 values'],
    ['an empty value', { plan: [''] }, '1 to 64 characters'],
    ['a long value', { plan: ['x'.repeat(65)] }, '1 to 64 characters'],
    ['a number', { plan: [1] }, '1 to 64 characters'],
    ['the same twice', { plan: ['a', 'a'] }, 'stands there twice'],
    ['other', { plan: ['other'] }, '"other" stands for'],
  ])('are refused with the reason: %s', (_what, labels: unknown, reason) => {
    expect(facetOptionsError({ labels })).toContain(reason);
    expect(labelOptions({ labels })).toEqual(new Map());
  });

  it.each([
    ['a name that Graphite has no file for', '日'.repeat(27), 'too many letters beyond ASCII'],
    ['signs that are written with three', '.'.repeat(64), undefined],
    ['just as many letters as there may be', '日'.repeat(26), undefined],
    ['a new line', 'a\nb', 'has control characters'],
    ['a zero', '\0', 'has control characters'],
    ['half a surrogate pair', 'a\uD83D', 'has control characters'],
    ['a whole one', '🎈', undefined],
  ])('have values that can be stored; those of before stay: %s', (_what, value, reason) => {
    const options = { labels: { plan: ['free', value] } };
    const expected = reason === undefined ? undefined : `options.labels.plan[1]: ${reason}`;
    expect(facetOptionsError(options)).toBe(expected);
    expect(labelOptions(options)).toEqual(new Map([['plan', new Set(['free', value])]]));
  });

  it('are none where nothing is said', () => {
    expect(facetOptionsError({})).toBeUndefined();
    expect(labelOptions({})).toEqual(new Map());
  });
});

describe('facets in Graphite', () => {
  it('are those that the stream names, each once', () => {
    const options = { graphiteFacets: ['country', 'label.plan', 'country'] };
    expect(facetOptionsError(options)).toBeUndefined();
    expect(graphiteFacets(options)).toEqual(['country', 'label.plan']);
    expect(graphiteFacets({})).toEqual([]);
  });

  it.each([
    ['a text', 'country'],
    ['another word', ['city']],
    ['a number', [1]],
    ['17 of them', new Array(17).fill('country')],
  ])('are refused with the reason: %s', (_what, facets: unknown) => {
    expect(facetOptionsError({ graphiteFacets: facets })).toContain('options.graphiteFacets: ');
  });
});
