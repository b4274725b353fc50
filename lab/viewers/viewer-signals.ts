import { Negotiations, type ServerMessage } from '../../protocol/index.js';
import { randomIndex, type Random } from '../../service/random.js';
import type { Connection } from './connection.js';
import type { Statistics } from './statistics.js';
import type { Swarm } from './swarm.js';

interface SignalParts {
  readonly now: () => number;
  readonly random: Random;
  readonly swarm: Swarm;
  readonly statistics: Statistics;
}

type Signal = Extract<ServerMessage, { type: 'signal' }>;
type NamedPeer = Pick<Extract<ServerMessage, { type: 'peers' }>['peers'][number], 'peer' | 'role'>;
type TrackerError = Extract<ServerMessage, { type: 'error' }>;

const connectedPeersMax = 6;
/** As the tracker's: an offer without an answer is forgotten. */
const offerLifetimeMs = 120_000;

/** How a simulated viewer finds peers: it negotiates as a browser does, and connects to none. */
export class ViewerSignals {
  readonly #peers = new Set<string>();
  /** Of those that are there, whom the tracker told as seeders. */
  readonly #seeders = new Set<string>();
  #peersMax = connectedPeersMax;
  #negotiations: Negotiations | undefined;

  constructor(
    private readonly parts: SignalParts,
    private readonly connection: Pick<Connection, 'send'>,
    private readonly canConnect: boolean,
  ) {}

  /** With a new connection comes a new id, and nothing of what was being negotiated. */
  welcomed(ownPeer: string): void {
    const newNegotiation = (): string => randomIndex(this.parts.random, 2 ** 52).toString(36);
    this.#negotiations = new Negotiations(ownPeer, newNegotiation, offerLifetimeMs);
  }

  /** Connections above the number are closed, and no others made. */
  bound(peersMax: number): void {
    this.#peersMax = Math.min(connectedPeersMax, peersMax);
    for (const peer of [...this.#peers].slice(this.#peersMax)) this.#peers.delete(peer);
  }

  /** Those that are still there. */
  connectedPeers(): string[] {
    for (const peer of this.#peers) if (!this.parts.swarm.has(peer)) this.#peers.delete(peer);
    return [...this.#peers];
  }

  /** True: it takes no more. */
  get isFull(): boolean {
    return this.connectedPeers().length >= this.#peersMax;
  }

  /** Those of them that are seeders, as far as the tracker told. */
  connectedSeeders(): ReadonlySet<string> {
    for (const peer of this.#seeders) {
      if (!this.parts.swarm.has(peer)) this.#seeders.delete(peer);
    }
    return new Set(this.connectedPeers().filter((peer) => this.#seeders.has(peer)));
  }

  /** Offers a connection to peers that the tracker named, as far as there is room. */
  meet(candidates: readonly NamedPeer[]): void {
    for (const { peer: to, role } of candidates) {
      if (role === 'seeder') this.#seeders.add(to);
      if (!this.#hasRoomFor(to)) continue;
      const negotiation = this.#negotiations?.offer(to, this.parts.now());
      if (negotiation === undefined) continue;
      this.#describe('offer', to, negotiation);
    }
  }

  take(signal: Signal): void {
    const { from, kind, negotiation } = signal;
    this.parts.statistics.signalsReceived += 1;
    switch (kind) {
      case 'offer':
        this.#offered(from, negotiation);
        break;
      case 'answer':
        if (this.#negotiations?.answered(from, negotiation) === true) this.#peers.add(from);
        break;
      case 'reject':
        this.#negotiations?.failed(from, negotiation);
        break;
      case 'candidates':
        break;
    }
  }

  /** The tracker dropped a signal: an offer may be made again. */
  refused({ to, kind, negotiation }: TrackerError): void {
    if (kind === 'offer' && to !== undefined && negotiation !== undefined) {
      this.#negotiations?.failed(to, negotiation);
    }
  }

  #offered(from: string, negotiation: string): void {
    const mayAnswer = this.#negotiations?.offered(from, this.parts.now()) === true;
    if (!mayAnswer || !(this.#peers.has(from) || this.#hasRoomFor(from))) {
      this.#send({ type: 'signal', to: from, kind: 'reject', negotiation });
      return;
    }
    this.#describe('answer', from, negotiation);
    this.#peers.add(from);
  }

  #hasRoomFor(peer: string): boolean {
    const { swarm } = this.parts;
    if (!this.canConnect) return false;
    return this.#peers.size < this.#peersMax && !this.#peers.has(peer) && swarm.has(peer);
  }

  /** Its description and, behind it, all of its candidates. */
  #describe(kind: 'offer' | 'answer', to: string, negotiation: string): void {
    const data = { type: kind, sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' };
    this.#send({ type: 'signal', to, kind, negotiation, data });
    const candidate = 'candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host';
    const candidates = [{ candidate, sdpMid: '0' }, { candidate: '' }];
    this.#send({ type: 'signal', to, kind: 'candidates', negotiation, candidates });
  }

  #send(signal: Parameters<Connection['send']>[0]): void {
    if (this.connection.send(signal)) this.parts.statistics.signalsSent += 1;
  }
}
