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
export function writeOldPoints(whisper: string, path: string, folder: string): Promise<void> {
  return runWhisper(script, [whisper, path], folder);
}

/** Takes a point out of the finest archive, as if it had never been written. */
const removal = `
import struct, sys, whisper
path, at = sys.argv[1], int(sys.argv[2])
archive = whisper.info(path)['archives'][0]
point = struct.Struct('!Ld')
with open(path, 'r+b') as file:
    def seek(index):
        file.seek(archive['offset'] + index * point.size)
    seek(0)
    begun = point.unpack(file.read(point.size))[0]
    index = (at - begun) // archive['secondsPerPoint'] % archive['points']
    seek(index)
    assert index > 0 and point.unpack(file.read(point.size))[0] == at, 'there is no such point'
    seek(index)
    file.write(bytes(point.size))
`;

/** Removes what a metric's file has at a time. Rejects where it has nothing. */
export function removePoint(file: string, timeMs: number, folder: string): Promise<void> {
  return runWhisper(removal, [file, String(timeMs / 1_000)], folder);
}

async function runWhisper(program: string, args: readonly string[], folder: string): Promise<void> {
  const { code, output } = await runOnce({
    image: 'graphite',
    folder,
    // Debian's own, which has whisper.
    command: '/usr/bin/python3',
    args: ['-c', program, ...args],
  });
  if (code !== 0) throw new Error(output);
}
