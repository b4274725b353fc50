import { expect, it } from '@jest/globals';
import { facetColumns } from './facet-columns.js';

it("has names of its own for what isn't the strip's Views or a chart's Viewers", () => {
  const nameOf = Object.fromEntries(facetColumns.map(({ of, name }) => [of, name]));
  expect(nameOf).toMatchObject({ viewers: 'Viewers, mean', viewsPlayed: 'Views played' });
});
