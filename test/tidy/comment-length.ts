import { commentLines } from './parsed.js';
import { isCode, type Rule } from './tree.js';

const columnsMax = 100;

/** A line with a comment is no longer than a line of code may be. */
export const commentsFitTheLine: Rule = ({ files }) =>
  files.filter(isCode).flatMap((file) => {
    const lines = file.text.split('\n');
    return [...new Set(commentLines(file).map(({ line }) => line))]
      .filter((line) => (lines[line - 1] ?? '').length > columnsMax)
      .map((line) => `${file.path}:${line} has a comment beyond column ${columnsMax}`);
  });
