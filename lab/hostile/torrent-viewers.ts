import { randomBytes, randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Place } from './place.js';

/** The swarm that they are in, which everybody can know. */
export const torrentSwarm = 'swarm-of-the-victims';

/** How ordinary WebTorrent viewers of the stream fared that is attacked. */
export interface TorrentMeetings {
  /** Of each: how many of the others it offered something to, and got an answer of. */
  readonly met: readonly number[];
  /** Those whose socket was closed. */
  readonly closed: number;
}

const count = 6;
const announceEveryMs = 2_000;
const offersPerAnnounce = 5;
/** A browser takes its time for an answer; who attacks doesn't make one. */
const answerAfterMs = 300;

/** Comes in by a way of its own, and offers and answers as players do. */
class TorrentViewer {
  readonly peerId = `-OK0100-${randomBytes(6).toString('hex')}`;
  /** What it answers with, so that others know it from those who use its peer_id. */
  readonly answer = randomUUID();
  /** Answers to its offers that others have made. */
  readonly answers = new Set<string>();
  readonly announced: Promise<void>;
  isClosed = false;
  readonly #socket: WebSocket;
  readonly #announcing: NodeJS.Timeout;

  constructor(url: string) {
    this.#socket = new WebSocket(url, []);
    this.#announcing = setInterval(() => this.#announce(), announceEveryMs);
    this.announced = new Promise((resolve, reject) => {
      this.#socket.once('open', () => this.#announce());
      this.#socket.once('message', () => resolve());
      this.#socket.once('error', reject);
    });
    this.#socket.on('message', (data: Buffer) => this.#take(data.toString()));
    this.#socket.on('close', () => (this.isClosed = true));
  }

  end(): void {
    clearInterval(this.#announcing);
    this.#socket.terminate();
  }

  #announce(): void {
    const offers = Array.from({ length: offersPerAnnounce }, () => ({
      offer: { type: 'offer', sdp: 'v=0' },
      offer_id: randomUUID(),
    }));
    this.#say({ numwant: offersPerAnnounce, offers });
  }

  #take(frame: string): void {
    const { offer, offer_id, peer_id, answer } = JSON.parse(frame) as {
      readonly offer?: object;
      readonly offer_id?: string;
      readonly peer_id?: string;
      readonly answer?: { readonly sdp?: string };
    };
    if (answer?.sdp !== undefined) this.answers.add(answer.sdp);
    if (offer === undefined) return;
    const mine = { type: 'answer', sdp: this.answer };
    const say = (): void => this.#say({ to_peer_id: peer_id, offer_id, answer: mine });
    setTimeout(say, answerAfterMs);
  }

  #say(fields: object): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const { peerId: peer_id } = this;
    const message = { action: 'announce', info_hash: torrentSwarm, peer_id, ...fields };
    this.#socket.send(JSON.stringify(message), () => undefined);
  }
}

/** Ordinary WebTorrent viewers of a stream, until they are ended. */
export class TorrentViewers {
  private constructor(private readonly viewers: readonly TorrentViewer[]) {}

  /** Resolves when all of them are in. */
  static async come({ ws }: Pick<Place, 'ws'>, stream: string): Promise<TorrentViewers> {
    const viewers = Array.from({ length: count }, () => new TorrentViewer(`${ws}/${stream}`));
    await Promise.all(viewers.map(({ announced }) => announced));
    return new TorrentViewers(viewers);
  }

  /** From now on only new meetings count. */
  countAnew(): void {
    for (const { answers } of this.viewers) answers.clear();
  }

  meetings(): TorrentMeetings {
    const { viewers } = this;
    const met = viewers.map(
      ({ answers }) => viewers.filter(({ answer }) => answers.has(answer)).length,
    );
    return { met, closed: viewers.filter(({ isClosed }) => isClosed).length };
  }

  end(): void {
    for (const viewer of this.viewers) viewer.end();
  }
}
