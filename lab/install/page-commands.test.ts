import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../service/package-root.js';
import { commandsOf } from './page-commands.js';

describe('commandsOf', () => {
  it('has the blocks of sh below their headings, and why one is not run', () => {
    const page = [
      '# Page',
      '```sh',
      'one',
      '# a comment, not a heading',
      '```',
      '## Next',
      '_Not run here: it takes a day._',
      '',
      '```sh',
      'two',
      '```',
      '```json',
      '{}',
      '```',
      '```sh',
      'three',
      '```',
    ].join('\n');
    expect(commandsOf(page)).toEqual([
      { heading: 'Page', script: 'one\n# a comment, not a heading', notRun: undefined },
      { heading: 'Next', script: 'two', notRun: 'it takes a day' },
      { heading: 'Next', script: 'three', notRun: undefined },
    ]);
  });
});

describe('docs/install.md', () => {
  const page = readFileSync(join(packageRoot(), 'docs', 'install.md'), 'utf8');

  it('has no commands but those that are run, or say why not', () => {
    const fences = [...page.matchAll(/^```(\w*)$/gm)].filter((_, index) => index % 2 === 0);
    expect(fences.map(([, language]) => language)).toEqual(commandsOf(page).map(() => 'sh'));
    expect(page).not.toMatch(/^ {4}\S/m);
  });
});
