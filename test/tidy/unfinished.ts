import { isCode, type Rule } from './tree.js';

const words = ['TO' + 'DO', 'FIX' + 'ME'].join('|');
const marks = new RegExp(
  `\\b(${words})\\b|\\b(it|describe)\\.(only|skip|todo)|@ts-(ignore|nocheck)`,
);

/** No focused or skipped test, no suppressed check, no unfinished mark. */
export const noUnfinishedMarks: Rule = ({ files }) =>
  files
    .filter((file) => isCode(file) && marks.test(file.text))
    .map(({ path, text }) => `${path} has ${marks.exec(text)?.[0] ?? ''}`);

/**
 * test/ has tests; what helps them stands in a testing/ folder, and the rules of this test in
 * tidy/.
 */
export const testHasOnlyTests: Rule = ({ files }) =>
  files
    .filter((file) => isCode(file) && file.path.startsWith('test/'))
    .filter(({ path }) => !/\.test\.ts$|\/testing\/|^test\/tidy\//.test(path))
    .map(({ path }) => `${path} is no test: helpers stand in a testing/ folder`);
