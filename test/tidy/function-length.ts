import ts from 'typescript';
import { commentLines, sourceOf } from './parsed.js';
import { isCode, type Rule, type TextFile } from './tree.js';

const linesMax = 70;

/**
 * A function fits on a screen; blank lines and comments aren't counted. Tests apart: a `describe`
 * is a chapter, not a function.
 */
export const functionsFitTheScreen: Rule = ({ files }) =>
  files.filter((file) => isCode(file) && !/\.test\.tsx?$/.test(file.path)).flatMap(longFunctionsOf);

function longFunctionsOf(file: TextFile): string[] {
  const { path, text } = file;
  const lines = text.split('\n');
  if (lines.length <= linesMax) return [];
  const source = sourceOf(file);
  const commented = new Set(commentLines(file).map(({ line }) => line));
  const isCounted = (line: number): boolean => {
    const content = (lines[line - 1] ?? '').trim();
    return content !== '' && !(commented.has(line) && /^(\/\/|\/?\*)/.test(content));
  };
  const complaints: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
      const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      const counted = all.filter(isCounted).length;
      if (counted > linesMax) {
        complaints.push(
          `${path}:${first} has a function of ${counted} lines; ${linesMax} fit on a screen`,
        );
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return complaints;
}
