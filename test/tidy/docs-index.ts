import { posix } from 'node:path';
import { linkedPaths } from './markdown.js';
import type { Rule } from './tree.js';

const index = 'docs/README.md';

/**
 * docs/README.md links every page of docs/ itself, and the folder of what isn't a page; pictures
 * stand in pages.
 */
export const everyPageIsLinked: Rule = ({ files, paths }) => {
  const page = files.find(({ path }) => path === index);
  if (page === undefined) return [`${index} is missing: it links every page of docs/`];
  const linked = new Set(linkedPaths(page).map((path) => path.replace(/\/$/, '')));
  const wanted = [...paths]
    .filter((path) => path.startsWith('docs/') && path !== index && !/\.(png|svg)$/.test(path))
    .map((path) => (path.endsWith('.md') ? path : posix.dirname(path)));
  return [...new Set(wanted)]
    .filter((path) => !linked.has(path))
    .map((path) => `${path} is not linked from ${index}`);
};
