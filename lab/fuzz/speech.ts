import { Ajv, type ValidateFunction } from 'ajv';
import { randomBytes } from 'node:crypto';
import { serverMessages, subprotocol, torrentServerMessages } from '../../protocol/index.js';

/** What has to be known of a dialect to speak it badly. */
export interface Speech {
  readonly name: 'viblast.v1' | 'WebTorrent';
  readonly subprotocols: readonly string[];
  /** What a socket of the stream begins with. */
  readonly greeting: (stream: string) => string;
  /** What is always answered, and how that is known: no bad frame is answered so. */
  readonly question: () => string;
  readonly isAnswered: (frame: string) => boolean;
  /** True: the tracker may say so. */
  readonly isMessage: (frame: unknown) => boolean;
  /** Good messages, which become bad ones field by field. */
  readonly examples: (stream: string) => readonly Readonly<Record<string, unknown>>[];
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
  examples: () => [
    {
      action: 'announce',
      info_hash: newBytes(),
      peer_id: newBytes(),
      event: 'started',
      left: 1,
      numwant: 2,
      offers: [{ offer: { type: 'offer', sdp: 'x' }, offer_id: newBytes() }],
    },
    {
      action: 'announce',
      info_hash: newBytes(),
      peer_id: newBytes(),
      to_peer_id: newBytes(),
      offer_id: newBytes(),
      answer: { type: 'answer', sdp: 'x' },
    },
    { action: 'scrape', info_hash: [newBytes()] },
  ],
};

export const speeches: readonly Speech[] = [viblast, webTorrent];
