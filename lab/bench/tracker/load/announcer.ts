import { randomBytes } from 'node:crypto';
import { subprotocol } from '../../../../protocol/index.js';
import { AnnounceFrame } from './announce-frame.js';
import { ReusableFrame } from './frames.js';
import type { Announcing, LoadPlan } from './plan.js';
import { RawSocket } from './raw-socket.js';
import type { Tally } from './tally.js';

/** Told apart by the first letter of their type, which stands at this place. */
const typeAt = '{"type":"'.length;
const [letterP, letterA, letterW] = ['p', 'a', 'w'].map((letter) => letter.charCodeAt(0));
const comma = ','.charCodeAt(0);
const connectedPeersCount = 4;
/** What is watched in an announce where they follow each other at once: any more would be a lie. */
const watchedMsAtOnce = 10;

/** One viewer as the server sees it: it announces when told to, and counts what comes back. */
export class Announcer implements Announcing {
  readonly #watchedMs: number;
  #frame: AnnounceFrame | undefined;
  #number = 0;
  #sentAtMs = 0;
  /** How far its clock is behind the server's. */
  #clockMs = 0;
  #framesSeen = 0;
  #isRunning = false;

  private constructor(
    private readonly socket: RawSocket,
    private readonly plan: LoadPlan,
    private readonly tally: Tally,
  ) {
    this.#watchedMs = plan.intervalMs > 0 ? plan.intervalMs : watchedMsAtOnce;
    socket.onLost = (reason) => tally.failed(reason);
  }

  /** Resolves when it may announce. */
  static async join(plan: LoadPlan, index: number, from: string, tally: Tally): Promise<Announcer> {
    const { port, streams, server } = plan;
    const stream = streams[index % streams.length] ?? '';
    const socket = await RawSocket.open({ port, path: `/?stream=${stream}`, subprotocol, from });
    const announcer = new Announcer(socket, plan, tally);
    if (server === 'tracker') await announcer.#hello(stream);
    else announcer.#frame = new AnnounceFrame({ watchedMs: 10_000, connectedPeers: somePeers() });
    socket.onText = (bytes, start, end) => announcer.#take(bytes, start, end);
    return announcer;
  }

  announce(): void {
    this.#isRunning = true;
    const frame =
      this.#frame ?? new AnnounceFrame({ watchedMs: this.#watchedMs, connectedPeers: [] });
    const nowMs = performance.now();
    this.#sentAtMs = nowMs;
    this.tally.sent += 1;
    this.socket.send(frame.bytes(this.#number, Math.round(Date.now() + this.#clockMs)));
    this.#number += 1;
  }

  end(): void {
    this.socket.end();
  }

  async #hello(stream: string): Promise<void> {
    const session = randomBytes(16).toString('base64url');
    const welcome = new Promise<string>((resolve, reject) => {
      this.socket.onText = (bytes, from, to) => resolve(bytes.toString('utf8', from, to));
      this.socket.onLost = (reason) => reject(new Error(reason));
    });
    const hello = { type: 'hello', stream, session, browser: 'Chrome' };
    this.socket.send(new ReusableFrame(JSON.stringify(hello)).bytes);
    const text = await welcome;
    const { type, time } = JSON.parse(text) as { readonly type: string; readonly time: number };
    if (type !== 'welcome') throw new Error(`in place of a welcome: ${text}`);
    this.#clockMs = time - Date.now();
    this.socket.onLost = (reason) => this.tally.failed(reason);
  }

  #take(bytes: Buffer, from: number, to: number): void {
    if (this.plan.server === 'bare') {
      this.#framesSeen += 1;
      if (this.#framesSeen % 2 === 0) this.tally.tookAcknowledgement(to - from, 1);
      else this.#answered(to - from);
      return;
    }
    const letter = bytes[from + typeAt];
    if (letter === letterP) {
      this.#frame ??= this.#settledFrame(bytes.toString('utf8', from, to));
      this.#answered(to - from);
    } else if (letter === letterA) {
      this.tally.tookAcknowledgement(to - from, numbersIn(bytes, from, to));
    } else if (letter !== letterW) this.tally.failed(bytes.toString('utf8', from, to));
  }

  #answered(payloadBytes: number): void {
    this.tally.tookAnswer(payloadBytes, performance.now() - this.#sentAtMs);
    if (this.plan.intervalMs === 0 && this.#isRunning) this.announce();
  }

  /** From its second announce on it is connected to the first that it was told of. */
  #settledFrame(text: string): AnnounceFrame {
    const { peers } = JSON.parse(text) as { readonly peers: readonly { readonly peer: string }[] };
    const connectedPeers = peers.slice(0, connectedPeersCount).map(({ peer }) => peer);
    return new AnnounceFrame({ watchedMs: this.#watchedMs, connectedPeers });
  }
}

function somePeers(): string[] {
  return Array.from({ length: connectedPeersCount }, () => randomBytes(16).toString('base64url'));
}

/** How many numbers an `acknowledged` has: they are the only thing in it with commas. */
function numbersIn(bytes: Buffer, from: number, to: number): number {
  let commas = 0;
  for (let index = from; index < to; index += 1) if (bytes[index] === comma) commas += 1;
  return commas;
}
