import { renditionName } from '../../schemas/index.js';

/**
 * The two messages that every announce is answered with, as texts: the same as JSON.stringify makes
 * of them, in a third of the time (a property test holds them to that).
 */

/** What a viewer is told of a peer. */
interface ToldPeer {
  readonly id: string;
  readonly segment: number;
  /** As it counts. */
  readonly quality: string;
  readonly isSeeder: boolean;
}

const qualityTextsMax = 1_024;
/** Renditions are few, and what streams list. Their names, by what is listed. */
const qualityTexts = new Map<string, string>();

function qualityText(quality: string): string {
  let text = qualityTexts.get(quality);
  if (text === undefined) {
    text = JSON.stringify(renditionName(quality));
    if (qualityTexts.size >= qualityTextsMax) qualityTexts.clear();
    qualityTexts.set(quality, text);
  }
  return text;
}

/** Peer ids have base64url characters alone, and segments are whole. */
export function peersText(time: number, peers: readonly ToldPeer[]): string {
  let text = `{"type":"peers","time":${time},"peers":[`;
  for (let index = 0; index < peers.length; index += 1) {
    const one = peers[index];
    if (one === undefined) continue;
    const { id, segment, quality, isSeeder } = one;
    if (index > 0) text += ',';
    text += `{"peer":"${id}","segment":${segment},"quality":${qualityText(quality)}`;
    text += isSeeder ? ',"role":"seeder"}' : '}';
  }
  return `${text}]}`;
}

export function acknowledgedText(numbers: readonly number[]): string {
  return `{"type":"acknowledged","numbers":[${numbers.join(',')}]}`;
}
