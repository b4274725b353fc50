import { join } from 'node:path';
import { must, waitUntil, type Stack } from '../../stack/index.js';
import type { MadeStreams } from './made-figures.js';

/** So long reading all streams may take. */
const readWithinMs = 300_000;

/** The portal that is measured, and what it reads. */
export interface Bench {
  readonly stack: Stack;
  readonly made: MadeStreams;
  readonly portal: NonNullable<Stack['portal']>;
  /** Of whisper's files. */
  readonly root: string;
  readonly say: (line: string) => void;
}

/** Lets the system forget what it has of these files in memory. */
const forgetScript = `
import os, sys
for top in sys.argv[1:]:
    for folder, _, names in os.walk(top):
        for name in names:
            file = os.open(os.path.join(folder, name), os.O_RDONLY)
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)
`;

/** Where whisper has a stream's files. */
export function folderOf({ root }: Bench, key: string): string {
  return join(root, 'viblast', 'streams', key);
}

/** The system has nothing of the files of these folders in memory any more. */
export async function forgetFiles(...folders: readonly string[]): Promise<void> {
  await must('python3', ['-c', forgetScript, ...folders]);
}

/** Asks the portal's API; throws where it answers with an error. */
export async function ask({ portal }: Bench, path: string): Promise<{ ms: number; text: string }> {
  const startedAtMs = performance.now();
  const response = await fetch(portal.url + path, {
    headers: { authorization: `Bearer ${portal.token}` },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 200)}`);
  return { ms: performance.now() - startedAtMs, text };
}

/** Waits until the portal has the latest minute of all streams. Resolves with how long it took. */
export async function allRead(bench: Bench): Promise<number> {
  const startedAtMs = performance.now();
  const outcome = await waitUntil(async () => {
    const { text } = await ask(bench, '/api/v1/now?limit=1');
    const { unread } = JSON.parse(text) as { unread: number };
    return unread === 0 || `${unread} streams are unread`;
  }, readWithinMs);
  if (outcome.kind === 'timed-out') throw new Error(outcome.reason);
  return performance.now() - startedAtMs;
}
