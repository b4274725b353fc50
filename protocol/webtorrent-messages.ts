import { Type, type Static } from 'typebox';
import { torrentFailures } from './webtorrent-codes.js';
import { torrentLimits } from './webtorrent-limits.js';

/**
 * What WebTorrent clients and the tracker say. Published schemas, validation and types come from
 * here.
 */

/** 20 bytes, each as the character of its code. */
const bytes = (description: string) =>
  Type.String({ pattern: '^[\\u0000-\\u00ff]{20}$', description });
const infoHash = bytes('20 bytes, each as the character of its code: the swarm.');
const peerId = bytes("20 bytes likewise: the client's name in the swarm.");
const offerId = Type.String({
  minLength: 1,
  maxLength: torrentLimits.offerIdLengthMax,
  description: "The offer's name, of who makes it.",
});
const description = Type.Record(Type.String(), Type.Unknown(), {
  description: 'Relayed as it is: an RTCSessionDescriptionInit.',
});
const announces = Type.Literal('announce');
const count = Type.Integer({ minimum: 0 });

const offer = Type.Object({ offer: description, offer_id: offerId });

const announce = Type.Object(
  {
    action: announces,
    info_hash: infoHash,
    peer_id: peerId,
    event: Type.Optional(
      Type.Unknown({
        description: '`started`, `stopped` or `completed`; anything else is an update.',
      }),
    ),
    left: Type.Optional(
      Type.Unknown({ description: 'Bytes that are missing: 0 counts as complete, nothing else.' }),
    ),
    numwant: Type.Optional(
      Type.Unknown({
        description:
          'How many offers are to be relayed. What is no number from 0 on is as if it were missing: as many as there are.',
      }),
    ),
    offers: Type.Optional(
      Type.Unknown({
        description: `Offers, each with its \`offer_id\`. Up to ${torrentLimits.offersPerAnnounceMax} are relayed; what can't be read is left out.`,
      }),
    ),
  },
  { description: 'Joins a swarm, stays in it or leaves it, and brings offers for others.' },
);

const answer = Type.Object(
  {
    action: announces,
    info_hash: infoHash,
    peer_id: peerId,
    to_peer_id: bytes('20 bytes likewise: who made the offer.'),
    offer_id: offerId,
    answer: description,
  },
  { description: 'The answer to an offer that was relayed.' },
);

const scrape = Type.Object(
  {
    action: Type.Literal('scrape'),
    info_hash: Type.Optional(
      Type.Unknown({
        description: `An info hash, an array of up to ${torrentLimits.scrapedSwarmsMax}, or none: all swarms that the client may be in.`,
      }),
    ),
  },
  { description: 'Asks how many are in swarms.' },
);

const announced = Type.Object(
  {
    action: announces,
    info_hash: infoHash,
    interval: Type.Integer({ minimum: 1, description: 'Seconds until the next announce.' }),
    complete: count,
    incomplete: count,
    'warning message': Type.Optional(Type.String({ description: 'For people.' })),
  },
  { description: 'Answers an announce.' },
);

const relayedOffer = Type.Object(
  {
    action: announces,
    info_hash: infoHash,
    peer_id: bytes('20 bytes likewise: who made the offer.'),
    offer_id: offerId,
    offer: description,
  },
  { description: 'From a client of the same swarm.' },
);

const relayedAnswer = Type.Object(
  {
    action: announces,
    info_hash: infoHash,
    peer_id: bytes('20 bytes likewise: who answers.'),
    offer_id: offerId,
    answer: description,
  },
  { description: 'From who got the offer.' },
);

const scraped = Type.Object(
  {
    action: Type.Literal('scrape'),
    files: Type.Record(
      Type.String(),
      Type.Object({ complete: count, incomplete: count, downloaded: count }),
      { description: 'By info hash.' },
    ),
    flags: Type.Object({
      min_request_interval: Type.Integer({ description: 'Seconds until the next scrape.' }),
    }),
  },
  { description: 'Answers a scrape.' },
);

const failure = Type.Object(
  {
    action: Type.Unsafe<'announce' | 'scrape'>({ type: 'string', enum: ['announce', 'scrape'] }),
    info_hash: Type.Optional(infoHash),
    'failure reason': Type.String({
      pattern: `^(${torrentFailures.join('|')}): `,
      description: 'A word for programs, and behind the colon what people read.',
    }),
  },
  { description: 'Answers what was not taken; with the info hash where it has one.' },
);

export const torrentClientMessages = { announce, answer, scrape } as const;
export const torrentServerMessages = {
  announced,
  offer: relayedOffer,
  answer: relayedAnswer,
  scraped,
  failure,
} as const;

/** An offer as it stands in an announce. */
export const torrentOffer = offer;

export type TorrentAnnounce = Static<typeof announce>;
export type TorrentAnswer = Static<typeof answer>;
export type TorrentOffer = Static<typeof offer>;
export type TorrentServerMessage =
  | Static<typeof announced>
  | Static<typeof relayedOffer>
  | Static<typeof relayedAnswer>
  | Static<typeof scraped>
  | Static<typeof failure>;
