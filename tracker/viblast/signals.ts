import {
  protocolLimits,
  type ErrorCode,
  type ServerMessage,
  type SignalMessage,
} from '../../protocol/index.js';
import { signalLimits } from '../limits.js';
import { instanceOf } from '../neighbours/index.js';
import { TokenBucket } from '../sockets/token-bucket.js';
import type { SwarmStore } from '../swarm/swarm-store.js';
import type { JoinedSession } from './session-directory.js';
import type { ViewerParts } from './viewer-parts.js';

/** Under which signals go from one tracker to another. */
export const viblastSignals = 'viblast.v1';

/** Who sends signals. */
export interface SignalSender {
  readonly session: JoinedSession;
  readonly peer: string;
  readonly stream: string;
  /** The block of its address. */
  readonly origin: string;
}

interface SignalRefusal {
  readonly code: ErrorCode;
  readonly detail: string;
}

const unknownPeer: SignalRefusal = {
  code: 'unknown_peer',
  detail: 'no such peer in this swarm (any more)',
};
const details = {
  no_offer: 'no offer of this negotiation waits for it, or lives',
  duplicate_offer: 'the two have a negotiation of this name',
  too_many_offers: 'too many offers to this peer, or of this viewer, that are not over',
  message_too_large: `a side has ${signalLimits.negotiationBytesMax} bytes in a negotiation`,
} as const;

/** A viewer's signals on their way to its peers. */
export class Signals {
  readonly #descriptions: TokenBucket;
  readonly #candidates: TokenBucket;

  constructor(
    private readonly parts: ViewerParts,
    private readonly sender: SignalSender,
  ) {
    const { descriptionsPerSecond, descriptionsBurst } = signalLimits;
    const { candidatesPerSecond, candidatesBurst } = signalLimits;
    const nowMs = parts.now();
    this.#descriptions = new TokenBucket(descriptionsPerSecond, descriptionsBurst, nowMs);
    this.#candidates = new TokenBucket(candidatesPerSecond, candidatesBurst, nowMs);
  }

  /** Passes it on to its peer; or says why it is dropped. `bytes` are those of the message. */
  relay(signal: SignalMessage, bytes: number): SignalRefusal | undefined {
    const { directory, metrics, neighbours, now } = this.parts;
    if (!this.#isWithinBudget(signal, now())) {
      return { code: 'too_many_signals', detail: `${signal.kind}: more than allowed at once` };
    }
    if (bytes > protocolLimits.signalBytesMax) {
      const detail = `a signal has at most ${protocolLimits.signalBytesMax} bytes`;
      return { code: 'message_too_large', detail };
    }
    const instance = instanceOf(signal.to);
    if (instance !== neighbours.instance) return this.#relayElsewhere(instance, signal, bytes);
    const target = directory.byPeer(signal.to);
    if (target === undefined || !this.#isPeer(target, signal.to)) return unknownPeer;
    if (target.isBusy) return { code: 'peer_busy', detail: 'the peer reads too slowly' };
    const refusal = this.#admit(signal, bytes);
    if (refusal !== undefined) return refusal;
    metrics.signal(signal.kind);
    target.relay(this.sender.peer, signal);
    return undefined;
  }

  /** To a peer of another tracker, which says by itself where it doesn't get there. */
  #relayElsewhere(
    toInstance: string,
    signal: SignalMessage,
    bytes: number,
  ): SignalRefusal | undefined {
    const { neighbours, swarms, now } = this.parts;
    const { stream, peer, origin } = this.sender;
    if (!swarms.has(stream, peer) || !neighbours.isAlive(toInstance)) return unknownPeer;
    if (!neighbours.claim(toInstance, origin, bytes, now())) {
      return { code: 'peer_busy', detail: 'the peer’s tracker is sent too much from here' };
    }
    const refusal = this.#admit(signal, bytes);
    if (refusal !== undefined) return refusal;
    const isSent = neighbours.send({
      toInstance,
      dialect: viblastSignals,
      swarm: stream,
      from: peer,
      to: signal.to,
      kind: signal.kind,
      payload: JSON.stringify(signal),
    });
    return isSent ? undefined : { code: 'message_too_large', detail: 'too large to be relayed' };
  }

  /** Takes note of a signal that is about to be relayed, or says why it isn't. */
  #admit({ kind, to, negotiation }: SignalMessage, bytes: number): SignalRefusal | undefined {
    const { offers, swarms, now } = this.parts;
    const { stream, peer, origin } = this.sender;
    const signal = { kind, from: peer, to, negotiation, bytes, origin, isElsewhere: false };
    const code = offers.admit(signal, now());
    if (code !== undefined) return { code, detail: `${kind}: ${details[code]}` };
    if (offers.saysFull(signal)) swarms.rejected(stream, peer, now());
    return undefined;
  }

  #isWithinBudget(signal: SignalMessage, nowMs: number): boolean {
    return signal.kind === 'candidates'
      ? this.#candidates.take(nowMs, signal.candidates.length)
      : this.#descriptions.take(nowMs);
  }

  #isPeer(target: JoinedSession, to: string): boolean {
    const { session, stream, peer } = this.sender;
    const { swarms } = this.parts;
    return target !== session && swarms.has(stream, peer) && isPeerOf(swarms, target, stream, to);
  }
}

/** Whether it can be reached in this swarm: one that was superseded can't. */
export function isPeerOf(
  swarms: SwarmStore,
  target: JoinedSession,
  stream: string,
  peer: string,
): boolean {
  return target.isIn(stream) && swarms.has(stream, peer);
}

/** The signal as its target gets it: nothing of it but what the protocol has. */
export function relayed(from: string, signal: SignalMessage): ServerMessage {
  const { negotiation } = signal;
  switch (signal.kind) {
    case 'offer':
      return { type: 'signal', from, kind: 'offer', negotiation, data: signal.data };
    case 'answer':
      return { type: 'signal', from, kind: 'answer', negotiation, data: signal.data };
    case 'candidates': {
      const { kind, candidates } = signal;
      return { type: 'signal', from, kind, negotiation, candidates };
    }
    case 'reject':
      return { type: 'signal', from, kind: 'reject', negotiation };
  }
}
