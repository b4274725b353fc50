import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsOf } from '../../lab/install/page-commands.js';
import { packageRoot } from '../../service/package-root.js';
import type { TextFile } from '../tidy/tree.js';
import { ourCommand } from './our-commands.js';
import { commandsOfLine, commandsOfScript, type Words } from './shell-commands.js';

/** Which file runs a page's commands as they stand there, block by block. */
export const pagesRunBy: Readonly<Record<string, string>> = {
  'docs/install.md': 'lab/install/walk.ts',
};

/** Which test runs a command, and by what in its text that can be seen. */
export const commandsRunBy: Readonly<Record<string, readonly [file: string, evidence: RegExp]>> = {
  'npm test': ['.ci/run', /^npm test$/m],
  'npm run demo': ['test/long/secured-demo.test.ts', /'lab', 'demo', 'main\.js'/],
  'vba-admin cluster clear': ['test/long/cluster.test.ts', /'cluster', 'clear'/],
  'vba-admin cluster commit': ['test/long/cluster.test.ts', /'cluster', 'commit', '--revision'/],
  'vba-admin cluster join': ['test/long/cluster.test.ts', /'vba-admin', 'cluster', 'join'/],
  'vba-admin cluster leave': ['test/long/cluster.test.ts', /'vba-admin', 'cluster', 'leave'/],
  'vba-admin cluster plan': ['test/long/cluster.test.ts', /'vba-admin', 'cluster', 'plan'/],
  'vba-admin cluster replace': ['test/long/cluster.test.ts', /'vba-admin', 'cluster', 'replace'/],
  'vba-admin registry export': ['test/long/sealed-registry.test.ts', /'registry', 'export'/],
  'vba-admin registry import': ['test/long/sealed-registry.test.ts', /'import'/],
  'vba-admin ringready': ['test/long/cluster.test.ts', /ready\('vba-admin'\)/],
  'vba-admin token add': ['test/integration/portal-users.test.ts', /'token', 'add'/],
  'vba-admin token list': ['test/integration/portal-users.test.ts', /'token', 'list'/],
  'vba-admin token revoke': ['test/integration/portal-users.test.ts', /'token', 'revoke'/],
  'vba-admin user add': ['test/integration/portal-users.test.ts', /'user', 'add'/],
  'vba-admin user list': ['test/integration/portal-users.test.ts', /'user', 'list'/],
  'vba-admin user passwd': ['test/integration/portal-users.test.ts', /'user', 'passwd'/],
  'vba-admin user remove': ['test/integration/portal-users.test.ts', /'user', 'remove'/],
};

const languages = ['sh', 'json', 'sql', 'text', 'html', 'yaml', 'js'];

/** Blocks whose language isn't said, or that are made by indentation: nobody sees what they are. */
export function unnamedBlocks({ path, text }: TextFile): string[] {
  let isInside = false;
  let before = '';
  return text.split('\n').flatMap((line, index) => {
    const isIndented = /^ {4}\S/.test(line) && before.trim() === '' && !isInside;
    const language = /^ *```(.*)$/.exec(line)?.[1];
    before = line;
    if (isIndented) return [`${path}:${index + 1}: use a fence with a language`];
    if (language === undefined) return [];
    isInside = !isInside;
    if (!isInside || languages.includes(language)) return [];
    return [`${path}:${index + 1}: a fence needs one of ${languages.join(', ')}`];
  });
}

/** Commands of ours that don't understand what they are given, in blocks and in the text. */
export function misunderstood(page: TextFile): string[] {
  return [...inBlocks(page), ...inText(page)].flatMap((words) => {
    const complaint = ourCommand(words)?.complaint;
    return complaint === undefined ? [] : [`${page.path}: "${words.join(' ')}": ${complaint}`];
  });
}

const inBlocks = ({ text }: TextFile): Words[] =>
  commandsOf(text).flatMap(({ script }) => commandsOfScript(script));

/** Of `code` between words; with an ellipsis or a choice of words in it, it is no command. */
function inText({ text }: TextFile): Words[] {
  const spans = text.replaceAll(/^ *```[^]*?^ *```/gm, '').matchAll(/`([^`\n]+)`/g);
  return [...spans].flatMap(([, code = '']) => (/…|\w\|\w/.test(code) ? [] : commandsOfLine(code)));
}

/** Commands in blocks that no test runs, though the block doesn't say why not. */
export function notRun({ path, text }: TextFile): string[] {
  if (path in pagesRunBy) return [];
  return commandsOf(text)
    .filter((block) => block.notRun === undefined)
    .flatMap(({ script }) => commandsOfScript(script))
    .filter((words) => !Object.hasOwn(commandsRunBy, ourCommand(words)?.name ?? ''))
    .map((words) => `${path}: "${words.join(' ')}" is run by no test: say why not`);
}

/** What the tables say that isn't so. */
export function wrongTables(pages: readonly TextFile[]): string[] {
  const used = new Set(pages.flatMap(inBlocks).map((words) => ourCommand(words)?.name));
  const commands = Object.entries(commandsRunBy).flatMap(([name, [file, evidence]]) => [
    ...(evidence.test(textOf(file)) ? [] : [`${file} doesn't run ${name}`]),
    ...(used.has(name) ? [] : [`no page has ${name}`]),
  ]);
  const whole = Object.entries(pagesRunBy)
    .filter(([page, file]) => !textOf(file).includes(`'${page.split('/').join("', '")}'`))
    .map(([page, file]) => `${file} doesn't run ${page}`);
  return [...commands, ...whole];
}

const textOf = (path: string): string => readFileSync(join(packageRoot(), path), 'utf8');
