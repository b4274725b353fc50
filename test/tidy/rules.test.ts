import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { noCircles } from './circles.js';
import { citationsLead, linksLead, noSectionNumbers } from './citations.js';
import { commentsFitTheLine } from './comment-length.js';
import { everyPageIsLinked } from './docs-index.js';
import { functionsFitTheScreen } from './function-length.js';
import { foldersApart, importsOneWay, wrappedLibraries } from './imports.js';
import { everyLabProgramIsStarted } from './lab-programs.js';
import { pageHasThePortalsTime } from './page-clock.js';
import { pureCore } from './pure-core.js';
import { settingsWithoutDescription } from './setting-descriptions.js';
import { madeTree } from './tree.js';
import { noUnfinishedMarks, testHasOnlyTests } from './unfinished.js';

const importing = (path: string): string => `import { it } from '${path}';\n`;
const section = '\u00a7';

describe('importsOneWay', () => {
  const lab = { 'lab/stack/index.ts': '', 'rollup/index.ts': '', 'kafka/index.ts': '' };

  it.each([
    ['rollup/main.ts', '../lab/stack/index.js', 'only lab/ and test/ may import lab/'],
    ['rollup/main.test.ts', '../lab/stack/index.js', 'only lab/ and test/ may import lab/'],
    ['tracker/main.ts', '../rollup/index.js', 'product rooms import only ground'],
    ['kafka/tail.ts', '../rollup/index.js', 'ground rooms import only ground'],
    ['lab/demo/main.ts', '../../test/a.js', 'nothing but test/ imports test/'],
    ['kafka/tail.ts', '../registry/index.js', 'kafka/ may not import registry/'],
    ['a-new-room/main.ts', '../kafka/index.js', 'a-new-room/ may not import kafka/'],
    ['rollup/main.ts', '../kafka/producer.js', 'import kafka/index.js'],
  ])('complains of %s that imports %s', (path, imported, why) => {
    const [complaint, ...more] = importsOneWay(madeTree({ ...lab, [path]: importing(imported) }));
    expect(complaint).toContain(`${path} imports `);
    expect(complaint).toContain(why);
    expect(more).toEqual([]);
  });

  it('lets lab/ import the product’s ground, the product import ground, and test/ import all', () => {
    const tree = madeTree({
      ...lab,
      'rollup/main.ts': importing('../kafka/index.js') + importing('../service/errors.js'),
      'lab/demo/main.ts': importing('../stack/index.js'),
      'test/integration/a.test.ts': importing('../../lab/stack/index.js'),
    });
    expect(importsOneWay(tree)).toEqual([]);
  });
});

describe('foldersApart', () => {
  const dialect = { 'tracker/viblast/viewer-session.ts': '' };

  it('complains of a socket that knows a dialect, and not of a dialect that knows a socket', () => {
    const socket = { 'tracker/sockets/server.ts': importing('../viblast/viewer-session.js') };
    expect(foldersApart(madeTree({ ...dialect, ...socket }))).toHaveLength(1);
    const other = { 'tracker/viblast/a.ts': importing('../sockets/server.js') };
    expect(foldersApart(madeTree({ 'tracker/sockets/server.ts': '', ...other }))).toEqual([]);
  });
});

describe('noCircles', () => {
  const between = {
    'rollup/a.ts': importing('./b.js'),
    'rollup/b.ts': "export type { C } from './c.js';\n",
  };

  it('complains of files that import each other, over others and by types too, once', () => {
    const tree = madeTree({ ...between, 'rollup/c.ts': "import type { A } from './a.js';\n" });
    expect(noCircles(tree)).toEqual([
      'a circle of imports: rollup/a.ts → rollup/b.ts → rollup/c.ts → rollup/a.ts',
    ]);
  });

  it('lets a file be imported by many', () => {
    const tree = madeTree({ ...between, 'rollup/c.ts': '', 'rollup/d.ts': importing('./b.js') });
    expect(noCircles(tree)).toEqual([]);
  });
});

describe('wrappedLibraries', () => {
  it('complains of a library outside its room, and lets its room and tests have it', () => {
    const kafkajs = importing('kafkajs');
    expect(wrappedLibraries(madeTree({ 'rollup/main.ts': kafkajs }))).toEqual([
      'rollup/main.ts imports kafkajs: only kafka/ may',
    ]);
    const right = { 'kafka/tail.ts': kafkajs, 'rollup/main.test.ts': kafkajs };
    expect(wrappedLibraries(madeTree(right))).toEqual([]);
  });
});

describe('pureCore', () => {
  it('complains of a clock and of I/O in the core, and lets the shell have them', () => {
    const text = `${importing('node:fs')}export const nowMs = Date.now();\n`;
    expect(pureCore(madeTree({ 'protocol/index.ts': text }))).toEqual([
      'protocol/index.ts uses Date.now(: have it passed in',
      'protocol/index.ts imports node:fs: the core does no I/O',
    ]);
    expect(pureCore(madeTree({ 'tracker/main.ts': text }))).toEqual([]);
  });
});

describe('pageHasThePortalsTime', () => {
  it('complains of a page that asks the browser’s clock, and lets what corrects it', () => {
    const text = 'export const nowMs = (): number => Date.now();\n';
    expect(pageHasThePortalsTime(madeTree({ 'portal-api/web/src/pages/a.tsx': text }))).toEqual([
      "portal-api/web/src/pages/a.tsx asks the browser's clock: have portalClock.nowMs()",
    ]);
    const right = { 'portal-api/web/src/time/portal-clock.ts': text, 'portal-api/main.ts': text };
    expect(pageHasThePortalsTime(madeTree(right))).toEqual([]);
  });
});

describe('citationsLead', () => {
  const page = { 'docs/exactness.md': '# Exactness\n\n### One announce, one minute\n' };
  const cited = (text: string): string[] =>
    citationsLead(madeTree({ ...page, 'rollup/partials/a.ts': `/** Why: ${text}. */\n` }));

  it('complains of a file and of a heading that don’t exist', () => {
    expect(cited('rollup/in-step.ts')).toEqual([
      'rollup/partials/a.ts:1 cites rollup/in-step.ts: there is no such file',
    ]);
    expect(cited('docs/exactness.md#in-step')).toEqual([
      'rollup/partials/a.ts:1 cites docs/exactness.md#in-step: the page has no such heading',
    ]);
    expect(cited('in-step.ts')).toHaveLength(1);
    expect(citationsLead(madeTree({ 'README.md': 'It is in `lab/gone.ts`.\n' }))).toHaveLength(1);
  });

  it('follows paths from the root, the file’s folder and those above it, and names alone', () => {
    expect(cited('docs/exactness.md#one-announce-one-minute')).toEqual([]);
    expect(cited('rollup/partials/a.ts, partials/a.ts, or a.ts')).toEqual([]);
  });

  it('looks at comments only, and not at addresses', () => {
    expect(cited('https://example.com/docs/page.md')).toEqual([]);
    const tree = madeTree({ 'rollup/a.ts': "export const path = 'made/up.ts'; // as told\n" });
    expect(citationsLead(tree)).toEqual([]);
  });
});

describe('linksLead', () => {
  const linking = (target: string): string[] =>
    linksLead(madeTree({ 'docs/a.md': `[b](${target})\n`, 'docs/b.md': '# `B` isn’t *a*\n' }));

  it('complains of links to pages and headings that don’t exist', () => {
    expect(linking('c.md')).toEqual(['docs/a.md links c.md: there is no docs/c.md']);
    expect(linking('b.md#a')).toEqual([
      'docs/a.md links docs/b.md#a: the page has no such heading',
    ]);
    expect(linking('#there')).toHaveLength(1);
  });

  it('follows links to pages, headings, folders and into the web', () => {
    for (const target of ['b.md', 'b.md#b-isnt-a', '../docs/', 'https://example.com/#there']) {
      expect(linking(target)).toEqual([]);
    }
  });
});

describe('noSectionNumbers', () => {
  it('complains of a section by its number, and of a page that nobody has', () => {
    const text = `// ${section}3 rule 9\n// See ${'DES' + 'IGN'} ${section}2.\n`;
    expect(noSectionNumbers(madeTree({ 'rollup/a.ts': text }))).toEqual([
      `rollup/a.ts:1 cites ${section}3: cite a page's heading (docs/….md#…)`,
      `rollup/a.ts:2 cites ${'DES' + 'IGN'}: cite a page's heading (docs/….md#…)`,
    ]);
  });

  it('lets an RFC have its sections', () => {
    const text = `// A strong tag (RFC 9110 ${section}8.8.3).\n`;
    expect(noSectionNumbers(madeTree({ 'portal-api/a.ts': text }))).toEqual([]);
  });
});

describe('everyPageIsLinked', () => {
  const pages = { 'docs/a.md': '', 'docs/decisions/1.md': '', 'docs/protocol/a.schema.json': '' };
  const index = '[a](a.md) [1](decisions/1.md)';

  it('complains of a page and of a folder that the index doesn’t link, and of no index', () => {
    expect(everyPageIsLinked(madeTree({ ...pages, 'docs/README.md': index }))).toEqual([
      'docs/protocol is not linked from docs/README.md',
    ]);
    expect(everyPageIsLinked(madeTree({ ...pages, 'docs/README.md': '[1](decisions/)' }))).toEqual(
      expect.arrayContaining(['docs/decisions/1.md is not linked from docs/README.md']),
    );
    expect(everyPageIsLinked(madeTree(pages))).toHaveLength(1);
  });

  it('is content with an index that has them all', () => {
    const tree = madeTree({ ...pages, 'docs/README.md': `${index} [schemas](protocol/)` });
    expect(everyPageIsLinked(tree)).toEqual([]);
  });
});

describe('settingsWithoutDescription', () => {
  const description = 'Where browsers are served.';
  const complaints = (options: { readonly minimum?: number; readonly description?: string }) =>
    settingsWithoutDescription({
      path: 'tracker/settings.ts',
      exports: { trackerSettings: Type.Object({ listen_port: Type.Integer(options) }) },
    });

  it('complains of a setting that doesn’t say what it does', () => {
    const complaint = 'tracker/settings.ts: setting listen_port has no description';
    expect(complaints({ minimum: 0 })).toEqual([complaint]);
    expect(complaints({ description: ' ' })).toEqual([complaint]);
  });

  it('is content with one that does', () => {
    expect(complaints({ description })).toEqual([]);
  });
});

describe('everyLabProgramIsStarted', () => {
  const program = { 'lab/demo/main.ts': '', 'lab/bench/rollup/main.ts': '' };

  it('complains of programs that nothing starts', () => {
    expect(everyLabProgramIsStarted(madeTree(program))).toEqual([
      'lab/demo/main.ts is started by nothing: give it an npm script in lab/bootstrap.mjs',
      'lab/bench/rollup/main.ts is started by nothing: give it an npm script in lab/bootstrap.mjs',
    ]);
  });

  it('is content with an npm script', () => {
    const tree = madeTree({
      ...program,
      'lab/bootstrap.mjs': "join(root, 'dist', 'lab', 'demo', 'main.js')",
      'package.json': '"bench:rollup": "exec node lab/bootstrap.mjs bench rollup"',
    });
    expect(everyLabProgramIsStarted(tree)).toEqual([]);
  });
});

describe('commentsFitTheLine', () => {
  it('complains of a comment beyond column 100, and lets code have what Prettier gives it', () => {
    const [long, fits] = ['a'.repeat(98), 'a'.repeat(97)];
    const lines = [`// ${fits}`, `// ${long}`, '/**', ` * ${long}`, ' */', `f('// ${long}');`];
    expect(commentsFitTheLine(madeTree({ 'rollup/a.ts': lines.join('\n') }))).toEqual([
      'rollup/a.ts:2 has a comment beyond column 100',
      'rollup/a.ts:4 has a comment beyond column 100',
    ]);
  });
});

describe('testHasOnlyTests and noUnfinishedMarks', () => {
  it('complain of a helper among tests, and of a test that is left out', () => {
    const skip = 'it.' + 'skip';
    const skipped = `${skip}('sentence', () => undefined);\n`;
    const tree = madeTree({ 'test/helper.ts': '', 'test/a.test.ts': skipped });
    expect(testHasOnlyTests(tree)).toEqual([
      'test/helper.ts is no test: helpers stand in a testing/ folder',
    ]);
    expect(noUnfinishedMarks(tree)).toEqual([`test/a.test.ts has ${skip}`]);
  });

  it('are content with tests, and helpers in a testing/ folder', () => {
    const tree = madeTree({ 'test/testing/helper.ts': '', 'test/a.test.ts': "it('is', f);\n" });
    expect([...testHasOnlyTests(tree), ...noUnfinishedMarks(tree)]).toEqual([]);
  });
});

describe('functionsFitTheScreen', () => {
  const ofLines = (lines: number): string =>
    ['export function grown() {', ...Array<string>(lines - 2).fill('  call();'), '}\n'].join('\n');

  it('complains of a function of more than 70 lines, in product, lab and helpers of tests', () => {
    for (const path of ['rollup/a.ts', 'lab/stack/a.ts', 'rollup/testing/a.ts']) {
      expect(functionsFitTheScreen(madeTree({ [path]: ofLines(71) }))).toEqual([
        `${path}:1 has a function of 71 lines; 70 fit on a screen`,
      ]);
    }
  });

  it('complains of methods and arrow functions, and of none within a test', () => {
    const arrow = ofLines(71).replace('export function grown() {', 'export const grown = () => {');
    expect(functionsFitTheScreen(madeTree({ 'rollup/a.ts': arrow }))).toHaveLength(1);
    const method = `class A {\n${ofLines(71).replace('export function ', '')}}\n`;
    expect(functionsFitTheScreen(madeTree({ 'rollup/a.ts': method }))).toHaveLength(1);
    expect(functionsFitTheScreen(madeTree({ 'rollup/a.test.ts': arrow }))).toEqual([]);
  });

  it('counts neither blank lines nor comments', () => {
    const text = ofLines(70).replace('{\n', '{\n\n  // Why.\n  /*\n   * Why not.\n   */\n');
    expect(functionsFitTheScreen(madeTree({ 'rollup/a.ts': text }))).toEqual([]);
  });
});
