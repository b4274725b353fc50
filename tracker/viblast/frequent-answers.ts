import { renditionName } from '../../schemas/index.js';
import type { SwarmPeer } from '../swarm/swarm-peer.js';

/**
 * The two messages that every announce is answered with, as texts: what JSON.stringify makes of
 * them, all in ASCII, in less time (a property test holds them to that).
 */

/** What a viewer is told of a peer. */
type ToldPeer = Pick<SwarmPeer, 'id' | 'segment' | 'quality' | 'isSeeder' | 'told'>;

const beyondAscii = /[\u0080-\uffff]/g;
const qualityTextsMax = 1_024;
/** Renditions are few, and what streams list. Their names, by what is listed. */
const qualityTexts = new Map<string, string>();

function qualityText(quality: string): string {
  let text = qualityTexts.get(quality);
  if (text === undefined) {
    text = JSON.stringify(renditionName(quality)).replace(
      beyondAscii,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    if (qualityTexts.size >= qualityTextsMax) qualityTexts.clear();
    qualityTexts.set(quality, text);
  }
  return text;
}

/** The peer as it is told; peer ids have base64url characters alone, and segments are whole. */
function peerText(peer: ToldPeer): string {
  const { id, segment, quality, isSeeder, told } = peer;
  if (told?.segment === segment && told.quality === quality) return told.text;
  const name = qualityText(quality);
  const end = isSeeder ? ',"role":"seeder"}' : '}';
  // Joined to one flat text: what `+` makes would keep its parts, and is put together at each use.
  const text = ['{"peer":"', id, '","segment":', segment, ',"quality":', name, end].join('');
  peer.told = { segment, quality, text };
  return text;
}

export function peersText(time: number, peers: readonly ToldPeer[]): string {
  let text = `{"type":"peers","time":${time},"peers":[`;
  for (let index = 0; index < peers.length; index += 1) {
    const peer = peers[index];
    if (peer !== undefined) text += index > 0 ? `,${peerText(peer)}` : peerText(peer);
  }
  return `${text}]}`;
}

export function acknowledgedText(numbers: readonly number[]): string {
  return `{"type":"acknowledged","numbers":[${numbers.join(',')}]}`;
}
