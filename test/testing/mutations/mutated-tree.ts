import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { constants, setPriority, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';
import { mutated, type SourceMutation } from './source-mutation.js';

const notCopied = /^(node_modules|site|coverage|dist|dist-.*|\.git|\.stack)$/;
/** Tests that wait in vain do so for a minute, and a test that passes has long ended by then. */
const testMsMax = 20_000;
/** A test whose promise never settles ends by jest's own time before. */
const runMsMax = 300_000;

interface JestResult {
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** By file and name. */
type Outcomes = ReadonlyMap<string, string>;

function keyOf(file: string, name: string): string {
  return `${file}: ${name}`;
}

function outcome(outcomes: Outcomes, { test }: SourceMutation): string {
  const key = keyOf(test.file, test.name);
  return outcomes.get(key) ?? `no such test: ${key}`;
}

/** A copy of the tree to edit, with the packages of this one. */
export class MutatedTree {
  private constructor(private readonly root: string) {}

  static async copy(): Promise<MutatedTree> {
    const from = packageRoot();
    const root = await mkdtemp(join(tmpdir(), 'viblast-mutations-'));
    await cp(from, root, {
      recursive: true,
      filter: (path) => !notCopied.test(relative(from, path)),
    });
    await symlink(join(from, 'node_modules'), join(root, 'node_modules'));
    return new MutatedTree(root);
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true });
  }

  /** What comes of the mutation's test with it: `passed`, `failed`, or why it didn't run. */
  async outcomeOf(mutation: SourceMutation): Promise<string> {
    const path = join(this.root, mutation.file);
    const text = await readFile(path, 'utf8');
    await writeFile(path, mutated(text, mutation));
    try {
      return outcome(await this.#run([mutation]), mutation);
    } finally {
      await writeFile(path, text);
    }
  }

  /** What comes of these mutations' tests without any of them, in their order. */
  async outcomesUnmutated(mutations: readonly SourceMutation[]): Promise<string[]> {
    const outcomes = await this.#run(mutations);
    return mutations.map((mutation) => outcome(outcomes, mutation));
  }

  async #run(mutations: readonly SourceMutation[]): Promise<Outcomes> {
    const names = new Set(mutations.map(({ test }) => test.name));
    const files = new Set(mutations.map(({ test }) => test.file));
    const pattern = [...names].map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    const output = join(this.root, 'outcome.json');
    await this.#jest([
      '--selectProjects=unit',
      '--json',
      `--outputFile=${output}`,
      `--testTimeout=${testMsMax}`,
      `--testNamePattern= (${pattern.join('|')})$`,
      '--runTestsByPath',
      ...files,
    ]);
    const { testResults } = JSON.parse(await readFile(output, 'utf8')) as JestResult;
    await rm(output);
    const root = await realpath(this.root);
    return new Map(
      testResults.flatMap(({ name, message, assertionResults }) => {
        if (assertionResults.length === 0) throw new Error(message);
        const file = relative(root, name);
        return assertionResults.map(({ title, status }) => [keyOf(file, title), status] as const);
      }),
    );
  }

  /** Its exit code says only that a test failed. */
  #jest(args: readonly string[]): Promise<void> {
    const jest = join('node_modules', 'jest', 'bin', 'jest.js');
    const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    return new Promise((resolve) => {
      const settings = { cwd: this.root, timeout: runMsMax, maxBuffer: 64 * 1024 * 1024 };
      const child = execFile(process.execPath, [...options, jest, ...args], settings, () =>
        resolve(),
      );
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    });
  }
}
