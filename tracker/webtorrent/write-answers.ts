import type { TorrentFailure, TorrentServerMessage } from '../../protocol/index.js';

/**
 * The frames of the WebTorrent dialect, one function each. Those of which there are many are put
 * together as texts: JSON.stringify of an object takes three times as long.
 */

export interface SwarmCounts {
  readonly complete: number;
  readonly incomplete: number;
}

/** Whose offer or answer is passed on, in which swarm. */
export interface Relayed {
  readonly infoHash: string;
  readonly peerId: string;
  readonly offerId: string;
  /** JSON text of what was told. */
  readonly text: string;
}

export function announcedText(
  infoHash: string,
  { complete, incomplete }: SwarmCounts,
  intervalSeconds: number,
  warning: string | undefined,
): string {
  const end = warning === undefined ? '' : `,"warning message":${JSON.stringify(warning)}`;
  return (
    `{"action":"announce","info_hash":${JSON.stringify(infoHash)},"interval":${intervalSeconds},` +
    `"complete":${complete},"incomplete":${incomplete}${end}}`
  );
}

export function offerText(relayed: Relayed): string {
  return relayedText('offer', relayed);
}

export function answerText(relayed: Relayed): string {
  return relayedText('answer', relayed);
}

/** An offer as its client would make it, for another tracker. */
export function offerFrame({ infoHash, peerId, offerId, text }: Relayed): string {
  const name = JSON.stringify(offerId);
  return `${headOf(infoHash, peerId)},"offers":[{"offer_id":${name},"offer":${text}}]}`;
}

/** An answer as its client made it, for another tracker. */
export function answerFrame(relayed: Relayed, toPeerId: string): string {
  return `${answerText(relayed).slice(0, -1)},"to_peer_id":${JSON.stringify(toPeerId)}}`;
}

export function scrapedText(
  counts: ReadonlyMap<string, SwarmCounts>,
  intervalSeconds: number,
): string {
  const files = Array.from(counts, ([infoHash, { complete, incomplete }]) => {
    return [infoHash, { complete, incomplete, downloaded: complete }] as const;
  });
  return written({
    action: 'scrape',
    files: Object.fromEntries(files),
    flags: { min_request_interval: intervalSeconds },
  });
}

export function failureText(
  action: 'announce' | 'scrape',
  infoHash: string | undefined,
  failure: TorrentFailure,
  detail: string,
): string {
  const told = { action, 'failure reason': `${failure}: ${detail}` } as const;
  return written(infoHash === undefined ? told : { ...told, info_hash: infoHash });
}

/** What passes through is text already, so it isn't written again for each who gets it. */
function relayedText(
  kind: 'offer' | 'answer',
  { infoHash, peerId, offerId, text }: Relayed,
): string {
  return `${headOf(infoHash, peerId)},"offer_id":${JSON.stringify(offerId)},"${kind}":${text}}`;
}

function headOf(infoHash: string, peerId: string): string {
  return `{"action":"announce","info_hash":${JSON.stringify(infoHash)},"peer_id":${JSON.stringify(peerId)}`;
}

function written(message: TorrentServerMessage): string {
  return JSON.stringify(message);
}
