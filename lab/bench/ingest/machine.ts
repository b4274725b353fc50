import { cpus, totalmem } from 'node:os';

/** One line that says what was measured on. */
export function machineLine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 1_024 ** 3);
  return `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${gigabytes} GiB, Node.js ${process.version}`;
}
