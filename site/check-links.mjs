// Every link of the built site within itself leads to a file, and to an id that is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const site = join(import.meta.dirname, 'dist');
const pages = readdirSync(site, { recursive: true }).filter((name) => name.endsWith('.html'));
const idsOf = new Map(
  pages.map((page) => {
    const text = readFileSync(join(site, page), 'utf8');
    return [page, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))];
  }),
);

function problemOf(page, href) {
  const [path, hash] = href.split('#');
  const joined = posix.join(
    path.startsWith('/') ? '' : posix.dirname(page),
    path || posix.basename(page),
  );
  const relative = joined.replace(/^\//, '');
  const target = relative === '' || relative.endsWith('/') ? `${relative}index.html` : relative;
  if (!existsSync(join(site, target))) return `there is no ${target}`;
  if (hash === undefined || hash === '' || idsOf.get(target) === undefined) return undefined;
  return idsOf.get(target).has(decodeURIComponent(hash)) ? undefined : `${target} has no #${hash}`;
}

let links = 0;
const problems = pages.flatMap((page) =>
  [...readFileSync(join(site, page), 'utf8').matchAll(/ href="([^"]+)"/g)].flatMap(([, href]) => {
    if (/^[a-z]+:/.test(href)) return [];
    links += 1;
    const problem = problemOf(page, href);
    return problem === undefined ? [] : [`${page} links ${href}: ${problem}`];
  }),
);
for (const problem of new Set(problems)) console.error(problem);
console.log(
  `${pages.length} pages, ${links} links within the site, ${problems.length} lead nowhere`,
);
process.exitCode = problems.length === 0 && pages.length > 0 ? 0 : 1;
