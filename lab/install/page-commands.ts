/** Commands of a page, in one block. */
export interface Block {
  /** The heading that it stands below. */
  readonly heading: string;
  readonly script: string;
  /** Why it isn't run here; `undefined`: it is. */
  readonly notRun: string | undefined;
}

const fence = '```';

/**
 * The page's blocks of `sh`, in their order. One is run unless the paragraph before it says why
 * not: `_Not run here: why._`
 */
export function commandsOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let notRun: string | undefined;
  let lines: string[] | undefined;
  for (const line of page.split('\n')) {
    if (lines !== undefined) {
      if (line.trim() === fence) {
        blocks.push({ heading, script: lines.join('\n'), notRun });
        lines = undefined;
        notRun = undefined;
      } else lines.push(line);
    } else if (line.trim() === `${fence}sh`) lines = [];
    else if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
    else if (line.trim() !== '') notRun = /^_Not run here: (.+)\._$/.exec(line.trim())?.[1];
  }
  return blocks;
}
