import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../service/package-root.js';

/** A page of docs/ as it is; with the environment's variable set to 1 it is written anew first. */
export function publishedPage(name: string, generated: string, updateVariable: string): string {
  const path = join(packageRoot(), 'docs', name);
  if (process.env[updateVariable] === '1') writeFileSync(path, generated);
  return readFileSync(path, 'utf8');
}

/** A Markdown table, laid out as Prettier does it. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) =>
    Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  const rule = widths.map((width) => '-'.repeat(width));
  return [line(first), line(rule), ...others.map(line)].join('\n');
}
