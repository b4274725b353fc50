import { ReusableFrame } from './frames.js';

const idLength = 20;

/** A description as a browser makes it for a data channel, with three candidates. */
const sdp = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS',
  'm=application 51234 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 203.0.113.7',
  'a=candidate:3471623853 1 udp 2122260223 192.168.178.23 51234 typ host generation 0 network-id 1',
  'a=candidate:1649311742 1 udp 1686052607 203.0.113.7 51234 typ srflx raddr 192.168.178.23 rport 51234 generation 0',
  'a=candidate:2352927645 1 tcp 1518280447 192.168.178.23 9 typ host tcptype active generation 0 network-id 1',
  'a=ice-ufrag:EsAw',
  'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
  'a=ice-options:trickle',
  'a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24:2C:C2:A2:C0:3E:FD:34:8E:5E:EA:6F:AF:52:CE:E6:0F',
  'a=setup:actpass',
  'a=mid:0',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
  '',
].join('\r\n');

/** An announce with offers, made once; the names of its offers are written anew. */
export class TorrentAnnounce {
  readonly #frame: ReusableFrame;
  readonly #places: number[] = [];
  #offersMade = 0;

  constructor(
    infoHash: string,
    private readonly peerId: string,
    offers: number,
  ) {
    const mark = (index: number): string => `offer-${index}`.padEnd(idLength, '-');
    const text = JSON.stringify({
      action: 'announce',
      info_hash: infoHash,
      peer_id: peerId,
      numwant: offers,
      uploaded: 0,
      downloaded: 0,
      left: 1_000_000,
      offers: Array.from({ length: offers }, (_, index) => ({
        offer_id: mark(index),
        offer: { type: 'offer', sdp },
      })),
    });
    for (let index = 0; index < offers; index += 1) this.#places.push(text.indexOf(mark(index)));
    this.#frame = new ReusableFrame(text);
  }

  /** The bytes to send, good until the next call. */
  bytes(): Buffer {
    for (const place of this.#places) {
      this.#offersMade += 1;
      const name = `${this.peerId.slice(0, 8)}${this.#offersMade.toString(36)}`;
      this.#frame.put(place, name.padEnd(idLength, '-'));
    }
    return this.#frame.bytes;
  }
}

/** An answer, made once; to whom and to which offer is written anew. */
export class TorrentAnswer {
  readonly #frame: ReusableFrame;
  readonly #places: { readonly to: number; readonly offer: number };

  constructor(infoHash: string, peerId: string) {
    const [to, offer] = ['t'.repeat(idLength), 'o'.repeat(idLength)] as const;
    const text = JSON.stringify({
      action: 'announce',
      info_hash: infoHash,
      peer_id: peerId,
      to_peer_id: to,
      offer_id: offer,
      answer: { type: 'answer', sdp },
    });
    this.#places = { to: text.indexOf(to), offer: text.indexOf(offer) };
    this.#frame = new ReusableFrame(text);
  }

  /** The bytes to send, good until the next call. */
  bytes(toPeerId: string, offerId: string): Buffer {
    this.#frame.put(this.#places.to, toPeerId);
    this.#frame.put(this.#places.offer, offerId);
    return this.#frame.bytes;
  }
}

export type TorrentFrame =
  | { readonly kind: 'announced' | 'answer' | 'failure' }
  | { readonly kind: 'offer'; readonly peerId: string; readonly offerId: string };

/** What a server sends, whatever the order of its fields. */
export function torrentFrame(text: string): TorrentFrame {
  if (text.includes('"failure reason"')) return { kind: 'failure' };
  if (!text.includes('"offer_id"')) return { kind: 'announced' };
  if (text.includes('"answer":{')) return { kind: 'answer' };
  return { kind: 'offer', peerId: idIn(text, 'peer_id'), offerId: idIn(text, 'offer_id') };
}

function idIn(text: string, field: string): string {
  const from = text.indexOf(`"${field}":"`) + field.length + 4;
  return text.slice(from, from + idLength);
}
