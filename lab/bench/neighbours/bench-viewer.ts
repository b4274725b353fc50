import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../../protocol/index.js';

const announceIntervalMs = 10_000;

/** A viewer that offers to whom it is told of, answers who offers to it, and measures that. */
export class BenchViewer {
  readonly introducedTo = new Map<string, number>();
  /** From an offer to its answer, by whether another tracker has the other. */
  readonly answeredMs = { here: [] as number[], elsewhere: [] as number[] };
  peer = '';
  joinedAtMs = 0;
  readonly #socket: WebSocket;
  readonly #offeredAtMs = new Map<string, number>();
  #number = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    url: string,
    readonly stream: string,
    localAddress: string,
  ) {
    this.#socket = new WebSocket(`${url}/?stream=${stream}`, 'viblast.v1', { localAddress });
    const session = randomBytes(16).toString('base64url');
    this.#socket.on('open', () => this.#send({ type: 'hello', stream, session }));
    this.#socket.on('message', (data: Buffer) =>
      this.#take(JSON.parse(data.toString()) as ServerMessage),
    );
    this.#socket.on('error', () => undefined);
  }

  get isIn(): boolean {
    return this.peer !== '';
  }

  /** Which tracker has it, as its peer id says. */
  get tracker(): string {
    return trackerOf(this.peer);
  }

  get introductions(): { readonly all: number; readonly elsewhere: number } {
    const peers = [...this.introducedTo.keys()];
    const elsewhere = peers.filter((peer) => trackerOf(peer) !== this.tracker);
    return { all: peers.length, elsewhere: elsewhere.length };
  }

  end(): void {
    clearInterval(this.#timer);
    this.#socket.terminate();
  }

  #take(message: ServerMessage): void {
    if (message.type === 'welcome') {
      this.peer = message.peer;
      this.joinedAtMs = performance.now();
      this.#announce();
      this.#timer = setInterval(() => this.#announce(), announceIntervalMs);
    } else if (message.type === 'peers') {
      for (const { peer } of message.peers) this.#meet(peer);
    } else if (message.type === 'signal') {
      const { from, kind, negotiation } = message;
      if (kind === 'offer') this.#signal(from, 'answer', negotiation);
      else this.#answered(from);
    }
  }

  #announce(): void {
    const segment = Math.floor(Date.now() / 4_000);
    const connectedPeers = [...this.introducedTo.keys()].slice(-64);
    const announces = [{ number: this.#number, time: Date.now(), segment, quality: '720p' }];
    this.#number += 1;
    this.#send({ type: 'announce', announces, peersWanted: 8, connectedPeers });
  }

  #meet(peer: string): void {
    if (this.introducedTo.has(peer)) return;
    this.introducedTo.set(peer, performance.now());
    if (this.peer > peer || this.introducedTo.size > 100) return;
    this.#offeredAtMs.set(peer, performance.now());
    this.#signal(peer, 'offer', 'n');
  }

  #answered(from: string): void {
    const sinceMs = this.#offeredAtMs.get(from);
    if (sinceMs === undefined) return;
    const where = trackerOf(from) === this.tracker ? 'here' : 'elsewhere';
    this.answeredMs[where].push(performance.now() - sinceMs);
  }

  /** A description of the usual size. */
  #signal(to: string, kind: 'offer' | 'answer', negotiation: string): void {
    this.#send({ type: 'signal', to, kind, negotiation, data: { type: kind, sdp } });
  }

  #send(message: object): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

const sdp = 'a=candidate '.repeat(200);

const instanceLength = 8;

function trackerOf(peer: string): string {
  return peer.slice(0, instanceLength);
}
