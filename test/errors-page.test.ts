import { describe, expect, it } from '@jest/globals';
import { errorsPage } from './testing/errors-page.js';
import { publishedPage } from './testing/generated-page.js';

describe('docs/errors.md', () => {
  // UPDATE_ERRORS_DOC=1 writes it anew after a change of a table.
  it('is what the tables of codes say', () => {
    const page = errorsPage();
    expect(publishedPage('errors.md', page, 'UPDATE_ERRORS_DOC')).toBe(page);
  });
});
