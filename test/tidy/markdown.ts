import { fromFolderOf, type TextFile } from './tree.js';

export interface Link {
  /** As written; '' for a link within the page. */
  readonly path: string;
  readonly anchor: string | undefined;
}

/** Links to files of the tree and to their headings; not those into the web. */
export function linksOf(page: TextFile): Link[] {
  const links = withoutCode(page.text).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return { path, anchor };
    });
}

/** The pages and folders that a page links. */
export function linkedPaths(page: TextFile): string[] {
  return linksOf(page).map(({ path }) => (path === '' ? page.path : fromFolderOf(page, path)));
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: TextFile): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(page.text).matchAll(/^#{1,6} +(.+)$/gm)) {
    const anchor = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    let name = anchor;
    for (let again = 1; anchors.has(name); again += 1) name = `${anchor}-${again}`;
    anchors.add(name);
  }
  return anchors;
}

function withoutFences(text: string): string {
  return text.replaceAll(/^```[^]*?^```/gm, '');
}

function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/`[^`]*`/g, '');
}
