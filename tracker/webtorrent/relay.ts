import type { ReadAnswer, ReadOffer } from './read-message.js';
import type { OpenOffer } from './open-offers.js';
import type { Member, TorrentSwarms } from './torrent-swarms.js';
import { answerText, offerText } from './write-answers.js';

/** What became of an offer. */
export type OfferOutcome = 'relayed' | 'nobody' | 'refused';

/**
 * Passes each offer on to another peer of the swarm, as far as there are others, and none of them
 * reads too slowly or has too many that it didn't answer.
 */
export function relayOffers(
  swarms: TorrentSwarms,
  from: Member,
  offers: readonly ReadOffer[],
  nowMs: number,
): OfferOutcome[] {
  const others = offers.length === 0 ? [] : swarms.others(from, offers.length, nowMs);
  return offers.map((offer, index) => {
    const targets = others[index] ?? [];
    return targets.length === 0 ? 'nobody' : relayOffer(from, offer, targets, nowMs);
  });
}

function relayOffer(
  from: Member,
  { id: offerId, text }: ReadOffer,
  targets: readonly Member[],
  nowMs: number,
): OfferOutcome {
  const { peerId, swarm } = from;
  const open: OpenOffer<Member> = { from, peerId, offerId, sinceMs: nowMs, isAnswered: false };
  const takers = targets.filter(
    ({ link, offers }) => !link.isBusy && offers.add(open, (other) => other.link === from.link),
  );
  const frame = offerText({ infoHash: swarm.infoHash, peerId, offerId, text });
  for (const { link } of takers) link.send(frame);
  return takers.length > 0 ? 'relayed' : 'refused';
}

/**
 * Passes an answer on to the socket that its offer came from, whoever else uses that peer_id.
 * False where the member was relayed no such offer, or it was answered, or is too old.
 */
export function relayAnswer(
  from: Member,
  { toPeerId, offerId, text }: ReadAnswer,
  nowMs: number,
): boolean {
  const offer = from.offers.answer(toPeerId, offerId, nowMs);
  if (offer === undefined) return false;
  const { swarm, peerId } = from;
  offer.from.link.send(answerText({ infoHash: swarm.infoHash, peerId, offerId, text }));
  return true;
}
