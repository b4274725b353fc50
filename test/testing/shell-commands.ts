/** A command without what stands before and after it: `A=b`, `> file`, `# why`. */
export type Words = readonly [program: string, ...rest: readonly string[]];

/** Each command of a script, of a list or a pipeline too; here-documents' texts are left out. */
export function commandsOfScript(script: string): Words[] {
  const joined = script.replaceAll(/\\\n\s*/g, '');
  const withoutTexts = joined.replaceAll(/<<-? ?'?(\w+)'?(.*)\n[^]*?^\s*\1$/gm, '$2');
  return withoutTexts.split('\n').flatMap(commandsOfLine);
}

/** Placeholders (`NAME`, `…`, `$KAFKA`) are words like others. */
export function commandsOfLine(line: string): Words[] {
  return line
    .replace(/(^|\s)#.*$/, '')
    .split(/&&|\|\||[|;]/)
    .flatMap((text) => {
      const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
      const redirected = words.findIndex((word) => /^\d?[<>]/.test(word));
      const [program, ...rest] = (redirected < 0 ? words : words.slice(0, redirected)).filter(
        (_word, index, all) => !all.slice(0, index + 1).every((one) => /^\w+=/.test(one)),
      );
      return program === undefined ? [] : [[program, ...rest] as const];
    });
}
