import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

export interface TextFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** What a rule looks at. */
export interface Tree {
  readonly files: readonly TextFile[];
  /** Everything that may be cited: all files, those that aren't text or ours too. */
  readonly paths: ReadonlySet<string>;
}

/** A rule's complaints: each names the file and says what to do. None: the tree is tidy. */
export type Rule = (tree: Tree) => string[];

const notOurs = /^(node_modules|dist|dist-.*|coverage|\.git|\.stack)$/;
const isText = /\.(tsx?|mjs|js|md|json|avsc|sql|css|html|yml|cfg|conf|sh|py)$|\/[A-Z][a-z]+file$/;
/**
 * Where code of others is that our pages describe, file by file: `kafkajs/src/consumer/runner.js`.
 */
const packages = 'node_modules';
const described = ['kafkajs/src'];

/** The tree as it stands on the disk. */
export function readTree(root: string): Tree {
  const ours = filesBelow(root, '').filter((path) => path !== 'package-lock.json');
  const theirs = described.flatMap((folder) => filesBelow(join(root, packages), folder));
  return {
    files: ours
      .filter((path) => isText.test(path))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
    paths: new Set([...ours, ...theirs]),
  };
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.test(entry.name)) return [];
    const path = join(folder, entry.name).split(sep).join('/');
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}

/** A tree made of texts, for the rules' own tests. */
export function madeTree(texts: Readonly<Record<string, string>>): Tree {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text }));
  return { files, paths: new Set(Object.keys(texts)) };
}

const codeOfTests = /\.test\.tsx?$|(^|\/)testing\/|^test\//;

export function isCode({ path }: TextFile): boolean {
  return /\.tsx?$/.test(path) && !path.endsWith('.d.ts');
}

export function isOfTests({ path }: TextFile): boolean {
  return codeOfTests.test(path);
}

/** `lab/` is a house of its own with rooms; elsewhere a folder of the root is one. */
export function roomOf(path: string): string {
  const [first = '', second = '', third] = path.split('/');
  return first === 'lab' && third !== undefined ? `lab/${second}` : first;
}

/** A path as it is written in a file, from the root. */
export function fromFolderOf(file: TextFile, path: string): string {
  return posix.normalize(posix.join(posix.dirname(file.path), path));
}
