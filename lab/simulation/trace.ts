/**
 * What happened in a run as one number (FNV-1a), so that a replay can be held against it; the lines
 * too if wanted.
 */
export class Trace {
  #hash = 0x811c9dc5;

  constructor(private readonly print: ((line: string) => void) | undefined) {}

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  add(nowMs: number, line: string): void {
    const text = `${nowMs} ${line}`;
    for (let at = 0; at < text.length; at += 1) {
      this.#hash = Math.imul(this.#hash ^ text.charCodeAt(at), 0x01000193);
    }
    this.print?.(text);
  }
}
