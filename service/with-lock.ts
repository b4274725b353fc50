import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs `work` while holding the lock of a folder (or file) against every other process of this
 * machine. The kernel holds it for a helper that ends with us, so a crash leaves no lock behind.
 */
export async function withLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const holder = spawn('flock', ['--exclusive', path, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(holder, 'close');
  await Promise.race([once(holder.stdout, 'data'), ended]);
  if (holder.exitCode !== null) throw new Error(`cannot lock ${path}`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
