import { Ajv, type ValidateFunction } from 'ajv';
import {
  torrentClientMessages,
  torrentLimits,
  torrentOffer,
  type TorrentAnnounce,
  type TorrentAnswer,
  type TorrentFailure,
  type TorrentOffer,
} from '../../protocol/index.js';
import { quotedSdps, relayableText } from './relayable.js';

/** What an announce says of the client; whatever else stands in `event` is an update. */
export const torrentEvents = ['started', 'stopped', 'completed', 'update'] as const;
export type TorrentEvent = (typeof torrentEvents)[number];

/** An offer with the JSON text of what is relayed. */
export interface ReadOffer {
  readonly id: string;
  readonly text: string;
}

export interface ReadAnnounce {
  readonly kind: 'announce';
  readonly infoHash: string;
  readonly peerId: string;
  readonly event: TorrentEvent;
  /** True: nothing is left to be fetched. */
  readonly isComplete: boolean;
  /** False: it says that it wants to be sent nobody. */
  readonly wantsPeers: boolean;
  /** Those that may be relayed. */
  readonly offers: readonly ReadOffer[];
  /** How many there were that can't be read. */
  readonly offersUnread: number;
}

export interface ReadAnswer {
  readonly kind: 'answer';
  readonly infoHash: string;
  readonly peerId: string;
  readonly toPeerId: string;
  readonly offerId: string;
  /** The JSON text of the answer. */
  readonly text: string;
}

export interface ReadScrape {
  readonly kind: 'scrape';
  /** Undefined: all. */
  readonly infoHashes: readonly string[] | undefined;
}

/** What can't be taken, and as the answer to what it is told. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly action: 'announce' | 'scrape';
  readonly infoHash: string | undefined;
  readonly failure: TorrentFailure;
  readonly detail: string;
}

export type ReadMessage = ReadAnnounce | ReadAnswer | ReadScrape | Unreadable;

const ajv = new Ajv({ strict: false });
const isAnnounce = ajv.compile<TorrentAnnounce>(torrentClientMessages.announce);
const isAnswer = ajv.compile<TorrentAnswer>(torrentClientMessages.answer);
const isOffer = ajv.compile<TorrentOffer>(torrentOffer);
const isInfoHash = ajv.compile<string>(torrentClientMessages.announce.properties.info_hash);

/** Reads a frame of a WebTorrent client. Never throws. */
export function readMessage(text: string): ReadMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable('announce', undefined, 'bad_json', 'the frame is not JSON');
  }
  if (!isFields(value)) {
    return unreadable('announce', undefined, 'bad_message', 'the frame is no object');
  }
  switch (value['action']) {
    case 'announce':
      return isTold(value['answer']) ? readAnswer(value, text) : readAnnounce(value, text);
    case 'scrape':
      return readScrape(value['info_hash']);
    default:
      return unreadable('announce', value['info_hash'], 'bad_message', 'invalid action');
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** As clients have it, no answer is also one that is null or empty. */
function isTold(answer: unknown): boolean {
  return answer !== undefined && answer !== null && answer !== '' && answer !== false;
}

function readAnnounce(message: Fields, frame: string): ReadMessage {
  if (!isAnnounce(message)) return invalid(message, isAnnounce);
  const { info_hash: infoHash, peer_id: peerId } = message;
  const event = isEvent(message.event) ? message.event : 'update';
  const isComplete = event === 'completed' || numberOf(message.left) === 0;
  // Who goes needs nobody.
  const offers = event === 'stopped' || !Array.isArray(message.offers) ? [] : message.offers;
  const wanted = Math.min(offersWanted(message.numwant), torrentLimits.offersPerAnnounceMax);
  const { offers: read, offersUnread } = readOffers(offers, wanted, frame);
  const wantsPeers = wanted > 0;
  // In one go: to spread others into it costs more than all the rest.
  return {
    kind: 'announce',
    infoHash,
    peerId,
    event,
    isComplete,
    wantsPeers,
    offers: read,
    offersUnread,
  };
}

function isEvent(told: unknown): told is TorrentEvent {
  return torrentEvents.some((event) => event === told);
}

/**
 * Takes the first ones that can be read, and looks at no more than it needs; nor, where they can't
 * be read, at more than a bound, behind which none is.
 */
function readOffers(
  told: readonly unknown[],
  wanted: number,
  frame: string,
): Pick<ReadAnnounce, 'offers' | 'offersUnread'> {
  const offers: ReadOffer[] = [];
  let offersUnread = 0;
  const sdps = told.length === 0 ? [] : quotedSdps(frame);
  // One of each offer, or nobody knows which.
  const isOneOfEach = sdps.length === told.length;
  const { offersReadMax } = torrentLimits;
  for (const [index, offer] of told.slice(0, offersReadMax).entries()) {
    if (offers.length >= wanted) break;
    const sdp = isOneOfEach ? sdps[index] : undefined;
    const read = isOffer(offer) ? readOffer(offer, sdp) : undefined;
    if (read === undefined) offersUnread += 1;
    else offers.push(read);
  }
  const behind = offers.length < wanted ? Math.max(told.length - offersReadMax, 0) : 0;
  return { offers, offersUnread: offersUnread + behind };
}

function readOffer(
  { offer, offer_id: id }: TorrentOffer,
  sdp: string | undefined,
): ReadOffer | undefined {
  const text = relayableText(offer, sdp);
  return text === undefined ? undefined : { id, text };
}

/** BitTorrent's −1, and what is no number, say nothing: as many as there are. */
function offersWanted(numwant: unknown): number {
  const count = Math.floor(numberOf(numwant));
  return count >= 0 ? count : Infinity;
}

/** Some clients write numbers as text. */
function numberOf(told: unknown): number {
  if (typeof told === 'number') return told;
  return typeof told === 'string' && told.trim() !== '' ? Number(told) : NaN;
}

function readAnswer(message: Fields, frame: string): ReadMessage {
  if (!isAnswer(message)) return invalid(message, isAnswer);
  const { info_hash: infoHash, peer_id: peerId, to_peer_id: toPeerId } = message;
  const sdps = quotedSdps(frame);
  const text = relayableText(message.answer, sdps.length === 1 ? sdps[0] : undefined);
  if (text === undefined) {
    return unreadable('announce', infoHash, 'bad_message', 'answer is too large or too deep');
  }
  return { kind: 'answer', infoHash, peerId, toPeerId, offerId: message.offer_id, text };
}

function readScrape(told: unknown): ReadMessage {
  if (told === undefined || told === null) return { kind: 'scrape', infoHashes: undefined };
  const infoHashes: readonly unknown[] = Array.isArray(told)
    ? told.slice(0, torrentLimits.scrapedSwarmsMax)
    : [told];
  return infoHashes.every((one) => isInfoHash(one))
    ? { kind: 'scrape', infoHashes }
    : unreadable('scrape', undefined, 'bad_message', 'invalid info_hash');
}

/** Names the field that is missing or wrong. */
function invalid(message: Fields, { errors }: ValidateFunction): Unreadable {
  const error = errors?.[0];
  const missing: unknown = error?.params['missingProperty'];
  const field = typeof missing === 'string' ? missing : error?.instancePath.split('/')[1];
  return unreadable('announce', message['info_hash'], 'bad_message', `invalid ${field ?? ''}`);
}

function unreadable(
  action: Unreadable['action'],
  infoHash: unknown,
  failure: TorrentFailure,
  detail: string,
): Unreadable {
  return {
    kind: 'unreadable',
    action,
    infoHash: isInfoHash(infoHash) ? infoHash : undefined,
    failure,
    detail,
  };
}
