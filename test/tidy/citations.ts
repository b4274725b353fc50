import { posix } from 'node:path';
import { anchorsOf, linksOf } from './markdown.js';
import { commentLines, type CommentLine } from './parsed.js';
import { fromFolderOf, type Rule, type TextFile, type Tree } from './tree.js';

const isPage = ({ path }: TextFile): boolean => path.endsWith('.md');

/** Where the text of a file may cite: all of a page, the comments of anything else. */
function citingLines(file: TextFile): readonly CommentLine[] {
  if (!isPage(file)) return file.text.search(citation) < 0 ? [] : commentLines(file);
  return file.text.split('\n').map((text, index) => ({ line: index + 1, text }));
}

/** A path that ends in what our files do, or leads into kafkajs; and maybe an anchor. */
const citation =
  /(?<![\w@./*{}~$<>…-])((?:[\w@.-]+\/)*[\w@.-]+\.(?:tsx?|mjs|md|sql|avsc|json|yml|cfg|conf|sh)|kafkajs\/src\/[\w/-]+\.js)(?![\w/*{}])(?:#([\w-]+))?/g;
/** What others call so, too, when it stands without its folder. */
const commonName = /\.(json|yml|cfg|conf|sh)$/;
const url = /\b[a-z]+:\/\/\S+/g;

/** Paths in comments and pages, and the anchors behind them, exist. */
export const citationsLead: Rule = (tree) => {
  const names = new Set([...tree.paths].map((path) => posix.basename(path)));
  const pages = new Map(tree.files.filter(isPage).map((page) => [page.path, page]));
  return tree.files.flatMap((file) =>
    citingLines(file).flatMap(({ line, text }) =>
      [...text.replaceAll(url, '').matchAll(citation)].flatMap(([, path = '', anchor]) => {
        const where = `${file.path}:${line} cites ${path}`;
        const found = citedFile(path, file, tree);
        if (found === undefined) {
          const mayBeAnothers = !path.includes('/') && (names.has(path) || commonName.test(path));
          return mayBeAnothers ? [] : [`${where}: there is no such file`];
        }
        const page = pages.get(found);
        if (anchor === undefined || page === undefined || anchorsOf(page).has(anchor)) return [];
        return [`${where}#${anchor}: the page has no such heading`];
      }),
    ),
  );
};

/** From the root, or from the file's folder or one above it. */
function citedFile(path: string, file: TextFile, { paths }: Tree): string | undefined {
  for (let folder = posix.dirname(file.path); ; folder = posix.dirname(folder)) {
    const candidate = posix.join(folder, path);
    if (paths.has(candidate)) return candidate;
    if (folder === '.') return undefined;
  }
}

/** Links of pages lead to files or folders of the tree, and to headings that are there. */
export const linksLead: Rule = ({ files, paths }) => {
  const pages = new Map(files.filter(isPage).map((page) => [page.path, page]));
  const folders = new Set([...paths].flatMap(foldersOf));
  return [...pages.values()].flatMap((page) =>
    linksOf(page).flatMap(({ path, anchor }) => {
      const target = path === '' ? page.path : fromFolderOf(page, path);
      if (!paths.has(target) && !folders.has(target.replace(/\/$/, ''))) {
        return [`${page.path} links ${path}: there is no ${target}`];
      }
      const linked = pages.get(target);
      if (anchor === undefined || linked === undefined || anchorsOf(linked).has(anchor)) return [];
      return [`${page.path} links ${target}#${anchor}: the page has no such heading`];
    }),
  );
};

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

const ofRfc = /RFC \d+ \u00a7[\d.]+/g;
const nowhere = new RegExp(['\u00a7[\\d.]*', `\\b${'DES' + 'IGN'}\\b`].join('|'));

/**
 * A section is cited by the name of its page and heading, not by a number: only an RFC's has one.
 */
export const noSectionNumbers: Rule = ({ files }) =>
  files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = nowhere.exec(line.replaceAll(ofRfc, ''));
      if (found === null) return [];
      return [`${path}:${index + 1} cites ${found[0]}: cite a page's heading (docs/….md#…)`];
    }),
  );
