import { extname } from 'node:path';
import ts from 'typescript';
import { fromFolderOf, type TextFile, type Tree } from './tree.js';

/** What is imported, in whatever way: types, `export … from` and `import()` too. */
export function importsOf({ text }: TextFile): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The files of the tree that a file imports. */
export function importedFiles(file: TextFile, { paths }: Tree): string[] {
  return importsOf(file)
    .filter((from) => from.startsWith('.'))
    .map((from) => {
      const target = fromFolderOf(file, from);
      const bare = target.replace(/\.js$/, '');
      return [`${bare}.ts`, `${bare}.tsx`].find((path) => paths.has(path)) ?? target;
    });
}

/** One line of a comment. */
export interface CommentLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

const lineComments: Readonly<Record<string, RegExp>> = {
  '.sql': /^\s*--/,
  '.yml': /^\s*#/,
  '.cfg': /^\s*#/,
  '.conf': /^\s*#/,
  '.sh': /^\s*#/,
};
const parsed = /\.(tsx?|mjs|js)$/;
const linesOfFiles = new WeakMap<TextFile, readonly CommentLine[]>();

/** The lines of a file that are comments, or have one. */
export function commentLines(file: TextFile): readonly CommentLine[] {
  let lines = linesOfFiles.get(file);
  if (lines === undefined) {
    lines = parsed.test(file.path) ? commentsOfCode(file) : commentsByLine(file);
    linesOfFiles.set(file, lines);
  }
  return lines;
}

function commentsByLine({ path, text }: TextFile): CommentLine[] {
  const pattern = lineComments[extname(path)];
  return text
    .split('\n')
    .map((lineText, index) => ({ line: index + 1, text: lineText }))
    .filter((line) => pattern?.test(line.text) === true);
}

/** The file as TypeScript parses it. */
export function sourceOf({ path, text }: TextFile): ts.SourceFile {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, kind);
}

function commentsOfCode(file: TextFile): CommentLine[] {
  const { text } = file;
  const source = sourceOf(file);
  const ranges = new Map<number, ts.CommentRange>();
  const keep = (found: readonly ts.CommentRange[] | undefined): void =>
    found?.forEach((range) => ranges.set(range.pos, range));
  const visit = (node: ts.Node): void => {
    // What looks like a comment in the text of a page isn't one.
    if (node.kind === ts.SyntaxKind.JsxText) return;
    keep(ts.getLeadingCommentRanges(text, node.getFullStart()));
    keep(ts.getTrailingCommentRanges(text, node.getEnd()));
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...ranges.values()].flatMap(({ pos, end }) => {
    const { line } = source.getLineAndCharacterOfPosition(pos);
    return text
      .slice(pos, end)
      .split('\n')
      .map((lineText, index) => ({ line: line + index + 1, text: lineText }));
  });
}
