/** A line on stderr. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A line on stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
