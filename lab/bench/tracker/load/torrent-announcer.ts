import { randomBytes } from 'node:crypto';
import type { LoadPlan, Announcing } from './plan.js';
import { RawSocket } from './raw-socket.js';
import type { Tally } from './tally.js';
import { TorrentAnnounce, TorrentAnswer, torrentFrame } from './torrent-frames.js';

const idLength = 20;

/** One WebTorrent client: announces when told to, answers every offer, counts what comes back. */
export class TorrentAnnouncer implements Announcing {
  readonly #announce: TorrentAnnounce;
  readonly #answer: TorrentAnswer;
  #sentAtMs = 0;
  #isRunning = false;

  private constructor(
    private readonly socket: RawSocket,
    plan: LoadPlan,
    infoHash: string,
    private readonly tally: Tally,
  ) {
    const peerId = randomBytes(idLength / 2).toString('hex');
    this.#announce = new TorrentAnnounce(infoHash, peerId, plan.offers);
    this.#answer = new TorrentAnswer(infoHash, peerId);
    socket.onLost = (reason) => tally.failed(reason);
    socket.onText = (bytes, start, end) => this.#take(bytes, start, end);
  }

  /** Resolves when it may announce. */
  static async join(
    plan: LoadPlan,
    index: number,
    from: string,
    tally: Tally,
  ): Promise<TorrentAnnouncer> {
    const { port, swarmSize } = plan;
    const socket = await RawSocket.open({ port, path: '/', subprotocol: '', from });
    const infoHash = `swarm-${Math.floor(index / swarmSize)}`.padEnd(idLength, '-');
    return new TorrentAnnouncer(socket, plan, infoHash, tally);
  }

  announce(): void {
    this.#isRunning = true;
    this.#sentAtMs = performance.now();
    this.tally.sent += 1;
    this.socket.send(this.#announce.bytes());
  }

  end(): void {
    this.socket.end();
  }

  #take(bytes: Buffer, from: number, to: number): void {
    const frame = torrentFrame(bytes.toString('latin1', from, to));
    switch (frame.kind) {
      case 'announced':
        this.tally.tookAnswer(to - from, performance.now() - this.#sentAtMs);
        if (this.#isRunning) this.announce();
        break;
      case 'offer':
        this.socket.send(this.#answer.bytes(frame.peerId, frame.offerId));
        break;
      case 'answer':
        this.tally.tookAcknowledgement(to - from, 1);
        break;
      case 'failure':
        this.tally.failed(bytes.toString('latin1', from, to));
    }
  }
}
