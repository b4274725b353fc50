import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../service/package-root.js';
import {
  misunderstood,
  notRun,
  unnamedBlocks,
  wrongTables,
} from './testing/documented-commands.js';
import { ourCommand } from './testing/our-commands.js';
import { commandsOfScript } from './testing/shell-commands.js';
import { readTree } from './tidy/tree.js';

const pages = readTree(packageRoot()).files.filter(({ path }) =>
  /^(README|CONTRIBUTING)\.md$|^docs\/.*\.md$/.test(path),
);

describe('the documents', () => {
  it.each(pages.map((page) => [page.path, page] as const))(
    '%s has commands that are there, and are run by a test or say why not',
    (_path, page) => {
      expect([...unnamedBlocks(page), ...misunderstood(page), ...notRun(page)]).toEqual([]);
    },
  );

  it('name tests that run their commands', () => {
    expect(wrongTables(pages)).toEqual([]);
  });
});

describe('what is seen in a page', () => {
  const page = (...lines: readonly string[]) => ({ path: 'page.md', text: lines.join('\n') });
  const block = (script: string) => page('```sh', script, '```');

  it('is a command in a list, a pipeline, or behind a variable, and no here-document', () => {
    const script = 'cat > file << END\nrm -r /\nEND\nA=b vba-admin \\\n  status | head && ls # why';
    expect(commandsOfScript(script)).toEqual([['cat'], ['vba-admin', 'status'], ['head'], ['ls']]);
  });

  it.each([
    ['vba-admin conquer', 'no command conquer'],
    ['vba-admin cluster join --twice', 'no option --twice'],
    ['/opt/viblast/bin/vbt chekc', 'no command chekc'],
    ['vba --roll ingest stop', 'no option --roll'],
    ['npm run nothing', 'no script nothing'],
    ['npm run demo -- --vewers 3', 'no option --vewers'],
    ['npm run test:simulation -- --sede 3', 'no option --sede'],
    ['node dist/nobody/main.js', 'there is no nobody/main.ts'],
    ['node dist/tracker/main.js --confg x', 'no option --confg'],
  ])('is wrong: %s', (script, complaint) => {
    expect(misunderstood(block(script)).join()).toContain(complaint);
    expect(misunderstood(page(`Say \`${script}\` now.`)).join()).toContain(complaint);
  });

  it.each([
    ['vba-admin cluster commit --revision 7', 'vba-admin cluster commit'],
    ['bin/vba --role ingest restart', 'vba restart'],
    ['npm run demo -- --viewers 3', 'npm run demo'],
    ['npm test -- rollup/partials', 'npm test'],
  ])('is right: %s', (script, name) => {
    const [words = ['']] = commandsOfScript(script);
    expect(ourCommand(words)).toEqual({ name, complaint: undefined });
  });

  it('is a block without a language, or by indentation', () => {
    expect(unnamedBlocks(page('```', 'ls', '```'))).toHaveLength(1);
    expect(unnamedBlocks(page('So:', '', '    ls'))).toHaveLength(1);
    expect(unnamedBlocks(block('    ls'))).toEqual([]);
  });

  it('is a command that no test runs, of ours or not, unless it says why', () => {
    for (const script of ['vbt-admin status', 'curl host']) {
      expect(notRun(block(script))).toHaveLength(1);
      expect(notRun(page('_Not run here: a reason._', '', '```sh', script, '```'))).toEqual([]);
    }
  });
});
