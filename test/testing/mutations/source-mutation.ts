/** A rule broken by one small edit of the source, and the test that has to notice. */
export interface SourceMutation {
  /** What the code does then. */
  readonly name: string;
  /** From the repository's root. */
  readonly file: string;
  /** Stands once in the file. */
  readonly replace: string;
  readonly by: string;
  /** Its file, and its own name without those of the blocks around it. */
  readonly test: { readonly file: string; readonly name: string };
}

/** Edits of one file that the same tests notice. */
export interface MutatedFile {
  readonly file: string;
  readonly testFile: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  readonly name: string;
  readonly replace: string;
  readonly by: string;
  /** The test's name. */
  readonly noticedBy: string;
}

export function mutationsOf(files: readonly MutatedFile[]): SourceMutation[] {
  return files.flatMap(({ file, testFile, edits }) =>
    edits.map(({ name, replace, by, noticedBy }) => {
      return { name, file, replace, by, test: { file: testFile, name: noticedBy } };
    }),
  );
}

/** The file's text with the edit made. Throws where its place isn't there, or not alone. */
export function mutated(text: string, { name, file, replace, by }: SourceMutation): string {
  const [before = '', after = '', ...more] = text.split(replace);
  const places = text.includes(replace) ? 1 + more.length : 0;
  if (places !== 1) throw new Error(`${name}: ${places} places in ${file} have: ${replace}`);
  return `${before}${by}${after}`;
}
