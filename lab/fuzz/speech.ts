import { Ajv, type ValidateFunction } from 'ajv';
import { randomBytes } from 'node:crypto';
import { randomIndex, type Random } from '../../service/random.js';
import { serverMessages, subprotocol, torrentServerMessages } from '../../protocol/index.js';
import { torrentBystander } from './torrent-bystander.js';

type Example = Readonly<Record<string, unknown>>;

/** What has to be known of a dialect to speak it badly. */
export interface Speech {
  readonly name: 'viblast.v1' | 'WebTorrent';
  readonly subprotocols: readonly string[];
  /** What a socket of the stream begins with. */
  readonly greeting: (stream: string) => string;
  /** What is always answered, and how that is known: no bad frame is answered so. */
  readonly question: () => string;
  readonly isAnswered: (frame: string) => boolean;
  /** What keeps who says it where others are; undefined: a greeting does that. */
  readonly presence?: string;
  /** True: the tracker may say so. */
  readonly isMessage: (frame: unknown) => boolean;
  /** Good messages, which become bad ones field by field. */
  readonly examples: (stream: string, random: Random) => readonly Example[];
}

const ajv = new Ajv({ strict: false });

function oneOf(schemas: readonly object[]): (frame: unknown) => boolean {
  const validators = schemas.map((schema): ValidateFunction => ajv.compile(schema));
  return (frame) => validators.some((isIt) => isIt(frame));
}

const newId = (): string => randomBytes(16).toString('base64url');
/** What nobody else says. */
const lastNumber = 2 ** 31 - 1;
const ownInfoHash = '?'.repeat(20);
const swarms = ['s'.repeat(20), '\u0000'.repeat(20)];
const peerIds = Array.from('pqrstuvw', (letter) => letter.repeat(20));
const newBytes = (): string => randomBytes(20).toString('latin1');

const viblast: Speech = {
  name: 'viblast.v1',
  subprotocols: [subprotocol],
  greeting: (stream) => JSON.stringify({ type: 'hello', stream, session: newId() }),
  question: () =>
    JSON.stringify({ type: 'announce', announces: [{ number: lastNumber, time: 1 }] }),
  isAnswered: (frame) => frame.includes(`"numbers":[${lastNumber}]`),
  isMessage: oneOf(Object.values(serverMessages)),
  examples: (stream) => [
    { type: 'hello', stream, session: newId(), browser: 'Chrome', token: 'x', ticket: 'x' },
    {
      type: 'announce',
      announces: [{ number: 0, time: Date.now(), segment: 7, quality: '720p', watchedMs: 1_000 }],
      peersWanted: 8,
      connectedPeers: [newId()],
    },
    { type: 'signal', to: newId(), kind: 'offer', negotiation: newId(), data: { sdp: 'x' } },
    { type: 'signal', to: newId(), kind: 'candidates', negotiation: 'n', candidates: [null] },
  ],
};

const webTorrent: Speech = {
  name: 'WebTorrent',
  subprotocols: [],
  greeting: () => JSON.stringify({ action: 'scrape', info_hash: newBytes() }),
  question: () => JSON.stringify({ action: 'scrape', info_hash: ownInfoHash }),
  isAnswered: (frame) => frame.includes(ownInfoHash),
  isMessage: oneOf(Object.values(torrentServerMessages)),
  presence: JSON.stringify({ action: 'announce', ...torrentBystander }),
  examples: (_stream, random) => {
    // Few, so that some meet, and what is relayed is looked at too.
    const [infoHash = '', one = '', other = ''] = [swarms, peerIds, peerIds].map(
      (some) => some[randomIndex(random, some.length)],
    );
    const message = { action: 'announce', info_hash: infoHash, peer_id: one };
    return [
      {
        ...message,
        event: 'started',
        left: 1,
        numwant: 2,
        offers: [{ offer: { type: 'offer', sdp: 'x' }, offer_id: 'o' }],
      },
      { ...message, to_peer_id: other, offer_id: 'o', answer: { type: 'answer', sdp: 'x' } },
      { ...message, info_hash: newBytes(), peer_id: newBytes() },
      { action: 'scrape', info_hash: [infoHash, newBytes()] },
    ];
  },
};

export const speeches: readonly Speech[] = [viblast, webTorrent];
