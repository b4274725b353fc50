import type { ServerMessage } from '../../protocol/index.js';

/**
 * The two messages that every announce is answered with, as texts: the same as JSON.stringify makes
 * of them, in a third of the time (a property test holds them to that).
 */

type Peers = Extract<ServerMessage, { type: 'peers' }>['peers'];

const qualityTextsMax = 1_024;
/** Renditions are few, and what streams list. */
const qualityTexts = new Map<string, string>();

function qualityText(quality: string): string {
  let text = qualityTexts.get(quality);
  if (text === undefined) {
    text = JSON.stringify(quality);
    if (qualityTexts.size >= qualityTextsMax) qualityTexts.clear();
    qualityTexts.set(quality, text);
  }
  return text;
}

/** Peer ids have base64url characters alone, and segments are whole. */
export function peersText(time: number, peers: Peers): string {
  let text = `{"type":"peers","time":${time},"peers":[`;
  for (let index = 0; index < peers.length; index += 1) {
    const one = peers[index];
    if (one === undefined) continue;
    const { peer, segment, quality } = one;
    if (index > 0) text += ',';
    text += `{"peer":"${peer}","segment":${segment},"quality":${qualityText(quality)}}`;
  }
  return `${text}]}`;
}

export function acknowledgedText(numbers: readonly number[]): string {
  return `{"type":"acknowledged","numbers":[${numbers.join(',')}]}`;
}
