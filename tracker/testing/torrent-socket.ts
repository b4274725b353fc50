import type { CloseCode } from '../../protocol/index.js';
import type { Conversation, Dialect, ViewerLink, ViewerRequest } from '../sockets/conversation.js';

/** A frame of the tracker's in the WebTorrent dialect, with whatever may stand in it. */
export interface TorrentFrame {
  readonly action: string;
  readonly info_hash?: string;
  readonly peer_id?: string;
  readonly interval?: number;
  readonly complete?: number;
  readonly incomplete?: number;
  readonly offer?: unknown;
  readonly answer?: unknown;
  readonly offer_id?: string;
  readonly files?: Record<string, unknown>;
  readonly 'failure reason'?: string;
  readonly 'warning message'?: string;
}

export const infoHash = `\u0000\u00ff\u0080${'h'.repeat(17)}`;
export const otherInfoHash = `${'i'.repeat(19)}\n`;

/** 20 characters that begin with the text. */
export function bytesOf(text: string): string {
  return text.padEnd(20, '.');
}

/** So many offers, with the names o0, o1 … */
export function offersOf(count: number): { offer: object; offer_id: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    offer: { type: 'offer', sdp: `sdp ${index}` },
    offer_id: `o${index}`,
  }));
}

/** A WebTorrent client's socket without the socket: keeps what it is told. */
export class TorrentSocket implements ViewerLink {
  unsentBytes = 0;
  readonly frames: TorrentFrame[] = [];
  closeCode: CloseCode | undefined;
  readonly conversation: Conversation;

  constructor(dialect: Dialect, target = '/arena', request: Partial<ViewerRequest> = {}) {
    this.conversation = dialect.begin(this, {
      target,
      origin: undefined,
      browser: 'Firefox',
      userAgent: undefined,
      address: '192.0.2.7',
      ...request,
    });
  }

  send(text: string): void {
    this.frames.push(JSON.parse(text) as TorrentFrame);
  }

  close(code: CloseCode): void {
    this.closeCode ??= code;
  }

  /** Sends a message; true: it didn't count among the messages. */
  say(message: unknown): boolean {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    return this.conversation.receive(text);
  }

  /** Announces; returns what came at once. */
  announce(peerId: string, fields: object = {}): TorrentFrame[] {
    return this.told({
      action: 'announce',
      info_hash: infoHash,
      peer_id: bytesOf(peerId),
      event: 'started',
      ...fields,
    });
  }

  answer(peerId: string, toPeerId: string, offerId: string, fields: object = {}): TorrentFrame[] {
    return this.told({
      action: 'announce',
      info_hash: infoHash,
      peer_id: bytesOf(peerId),
      to_peer_id: bytesOf(toPeerId),
      offer_id: offerId,
      answer: { type: 'answer', sdp: `of ${peerId}` },
      ...fields,
    });
  }

  scrape(infoHashes?: string | string[]): TorrentFrame[] {
    return this.told({ action: 'scrape', info_hash: infoHashes });
  }

  /** The offers that have come. */
  get offers(): TorrentFrame[] {
    return this.frames.filter(({ offer }) => offer !== undefined);
  }

  get answers(): TorrentFrame[] {
    return this.frames.filter(({ answer }) => answer !== undefined);
  }

  end(): void {
    this.conversation.closed();
  }

  private told(message: unknown): TorrentFrame[] {
    const { length } = this.frames;
    this.say(message);
    return this.frames.slice(length);
  }
}
