import { importedFiles } from './parsed.js';
import { isCode, type Rule } from './tree.js';

/** No two files import each other, over however many others; imports of types count. */
export const noCircles: Rule = (tree) => {
  const imports = new Map(
    tree.files.filter(isCode).map((file) => [file.path, importedFiles(file, tree)]),
  );
  return [...imports.keys()]
    .map((path) => shortestWayBack(path, imports))
    .filter((circle) => circle !== undefined)
    .filter(isTold)
    .map((circle) => `a circle of imports: ${circle.join(' → ')}`);
};

/** The shortest circle through a file, beginning and ending with it. */
function shortestWayBack(
  path: string,
  imports: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const reached = new Set<string>();
  for (let ways = [[path]]; ways.length > 0;) {
    const longer: string[][] = [];
    for (const way of ways) {
      for (const next of imports.get(way.at(-1) ?? '') ?? []) {
        if (next === path) return [...way, next];
        if (reached.has(next)) continue;
        reached.add(next);
        longer.push([...way, next]);
      }
    }
    ways = longer;
  }
  return undefined;
}

/** Each file of a circle finds it: it is told from its first one, by name. */
function isTold(circle: readonly string[]): boolean {
  return circle[0] === circle.toSorted()[0];
}
