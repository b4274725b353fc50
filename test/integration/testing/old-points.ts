import { runOnce } from '../../../lab/stack/containers/run-once.js';

/** A point as it was written a minute after its time. */
export interface OldPoint {
  readonly metric: string;
  readonly value: number;
  readonly timeMs: number;
}

/** What carbon does with each point, by the files that it has made, at a clock of then. */
const script = `
import json, os, sys, whisper
root, path = sys.argv[1:]
for metric, value, at in json.load(open(path)):
    whisper.update(os.path.join(root, *metric.split('.')) + '.wsp', value, at, at + 60)
`;

/** Writes points of long ago into files that are there. `path`: of a file for them. */
export async function writeOldPoints(whisper: string, path: string, folder: string): Promise<void> {
  const { code, output } = await runOnce({
    image: 'graphite',
    folder,
    // Debian's own, which has whisper.
    command: '/usr/bin/python3',
    args: ['-c', script, whisper, path],
  });
  if (code !== 0) throw new Error(output);
}
