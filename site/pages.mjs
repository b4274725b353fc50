// Which files of the repository are pages of the site, and where links between them lead.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

export const root = join(import.meta.dirname, '..');

const pagesOfRoot = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'kafka/DEFECTS.md'];
const index = 'docs/README.md';

const docs = readdirSync(join(root, 'docs'), { recursive: true })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

export const pages = [...pagesOfRoot, ...docs];

/** For VitePress: what it finds below the root and isn't a page. */
export const otherMarkdown = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'docs')
  .map(({ name }) => (name === 'kafka' ? 'kafka/!(DEFECTS.md)' : `${name}/**`));

/** A README is what its folder shows. */
export const rewrites = Object.fromEntries(
  pages
    .filter((page) => page.endsWith('README.md'))
    .map((page) => [page, page.replace('README', 'index')]),
);

/**
 * Where a link of a page leads in the site. A folder has no page: what is in it is listed by the
 * index.
 */
export function siteLink(page, href) {
  if (/^[a-z]+:/.test(href) || href.startsWith('#')) return { href };
  const [path, anchor] = href.split('#');
  const target = posix.normalize(posix.join(posix.dirname(page), path));
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (pages.includes(target)) return { href: `/${rewrites[target] ?? target}${hash}` };
  if (statSync(join(root, target)).isDirectory()) return { href: `/${rewrites[index]}` };
  return { href: `/${target}`, file: target };
}

/** The headings of docs/README.md, and the pages that each lists: who reads what. */
export function sidebar() {
  const text = readFileSync(join(root, index), 'utf8');
  const sections = text.split(/^## /m).slice(1);
  const of = (section) =>
    [...section.matchAll(/^- \[([^\]]+)\]\(([^)]+)\): (.+)$/gm)]
      .map(([, name, href, about]) => ({ name, about, ...siteLink(index, href) }))
      .filter(({ file }) => file === undefined)
      .map(({ name, about, href }) => ({
        text: /^\d+$/.test(name) ? `${name}: ${about}` : (titleOf(href) ?? name),
        link: href.replace(/\.md/, ''),
      }));
  return [
    {
      text: 'Viblast backend',
      items: [
        { text: 'What it is', link: '/' },
        { text: 'Every page', link: '/docs/' },
        { text: 'How it is built', link: '/ARCHITECTURE' },
        { text: 'How to work on it', link: '/CONTRIBUTING' },
      ],
    },
    ...sections.map((section) => ({
      text: section.slice(0, section.indexOf('\n')),
      collapsed: false,
      items: of(section),
    })),
  ];
}

/** A page's first heading; none where the link is to a part of it. */
function titleOf(href) {
  if (href.includes('#')) return undefined;
  const path = Object.entries(rewrites).find(([, to]) => `/${to}` === href)?.[0] ?? href.slice(1);
  return /^# (.+)$/m.exec(readFileSync(join(root, path), 'utf8'))?.[1];
}

/** Anchors as GitHub makes them, which the pages' links are written for. */
export function slugify(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}
