import type { BadFrame } from './bad-frame.js';
import type { Speech } from './speech.js';
import { torrentFrames } from './torrent-frames.js';
import { viblastFrames } from './viblast-frames.js';

/** Frames that are written down, by the dialect in which they are said. */
export const corpus: Readonly<Record<Speech['name'], readonly BadFrame[]>> = {
  'viblast.v1': viblastFrames,
  WebTorrent: torrentFrames,
};
