import type { ErrorCode, SignalKind, SignalMessage } from '../../protocol/index.js';
import { instanceOf, type NeighbourMessage, type NeighbourReceiver } from '../neighbours/index.js';
import type { OfferOrigin } from '../swarm/target-bounds.js';
import { parseMessage } from './parse-message.js';
import type { RefusedSignal } from './session-directory.js';
import { isPeerOf } from './signals.js';
import type { ViewerParts } from './viewer-parts.js';

/** Beside the kinds of signals: one that was sent wasn't relayed. */
const refusedKind = 'refused';

type Parts = Pick<
  ViewerParts,
  'directory' | 'neighbours' | 'swarms' | 'offers' | 'metrics' | 'now'
>;

const refusals: ReadonlySet<unknown> = new Set<ErrorCode>([
  'unknown_peer',
  'peer_busy',
  'no_offer',
  'duplicate_offer',
  'too_many_offers',
  'message_too_large',
]);
const kinds: ReadonlySet<unknown> = new Set<SignalKind>([
  'offer',
  'answer',
  'candidates',
  'reject',
]);
const negotiationLengthMax = 64;

/**
 * Takes signals from viewers of other trackers, with all that is asked of a viewer's own here: the
 * other tracker may be of another version, or lie.
 */
export function signalsFromElsewhere(parts: Parts): NeighbourReceiver {
  return (message) => {
    if (message.kind === refusedKind) return takeRefusal(parts, message);
    const signal = signalOf(message);
    if (signal === undefined) return false;
    const code = relay(parts, message, signal);
    if (code !== undefined) refuse(parts, refusal(message, signal, code));
    return true;
  };
}

function signalOf({ from, fromInstance, to, payload }: NeighbourMessage) {
  if (instanceOf(from) !== fromInstance) return undefined;
  const parsed = parseMessage(payload);
  if (!parsed.ok || parsed.message.type !== 'signal') return undefined;
  return parsed.message.to === to ? parsed.message : undefined;
}

function relay(
  { directory, swarms, offers, metrics, now }: Parts,
  { from, fromInstance, to, swarm, payload }: NeighbourMessage,
  signal: SignalMessage,
): ErrorCode | undefined {
  const target = directory.byPeer(to);
  if (target === undefined || !isPeerOf(swarms, target, swarm, to)) return 'unknown_peer';
  if (target.isBusy) return 'peer_busy';
  const { kind, negotiation } = signal;
  const bytes = Buffer.byteLength(payload);
  const signalled = { kind, from, to, negotiation, bytes, ...originOf(fromInstance) };
  const code = offers.admit(signalled, now());
  if (code !== undefined) return code;
  metrics.signal(kind);
  if (offers.saysFull(signalled)) swarms.rejected(swarm, from, now());
  target.relay(from, signal);
  return undefined;
}

/** Refusals have a share as an address has, so that they don't keep signals from being sent. */
function refuse({ neighbours, now }: Parts, refused: ReturnType<typeof refusal>): void {
  const { toInstance, payload } = refused;
  if (neighbours.claim(toInstance, refusedKind, payload.length, now())) neighbours.send(refused);
}

function refusal(
  { dialect, swarm, from, fromInstance, to }: NeighbourMessage,
  { kind, negotiation }: SignalMessage,
  code: ErrorCode,
): Omit<NeighbourMessage, 'fromInstance'> {
  const refused: RefusedSignal = { code, kind, negotiation };
  const payload = JSON.stringify(refused);
  return {
    toInstance: fromInstance,
    dialect,
    swarm,
    from: to,
    to: from,
    kind: refusedKind,
    payload,
  };
}

/** An offer that was refused isn't open any more; who never made it isn't told. */
function takeRefusal({ directory, offers, now }: Parts, message: NeighbourMessage): boolean {
  const { from, fromInstance, to, swarm } = message;
  const refused = refusedSignalOf(message.payload);
  if (refused === undefined) return false;
  const sender = directory.byPeer(to);
  if (sender?.isIn(swarm) !== true) return true;
  const { kind, negotiation } = refused;
  const rejection = { kind: 'reject', bytes: 0, ...originOf(fromInstance) } as const;
  const unmade = { ...rejection, from, to, negotiation };
  if (kind === 'offer' && offers.admit(unmade, now()) !== undefined) return true;
  sender.signalRefused(from, refused);
  return true;
}

/** All of another tracker are one: it held each of its addresses to the bound of one. */
function originOf(instance: string): OfferOrigin {
  return { origin: instance, isElsewhere: true };
}

function refusedSignalOf(payload: string): RefusedSignal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, kind, negotiation } = value as Readonly<Record<string, unknown>>;
  const isRefusal =
    refusals.has(code) &&
    kinds.has(kind) &&
    typeof negotiation === 'string' &&
    negotiation.length <= negotiationLengthMax;
  // Every field has just been looked at.
  return isRefusal ? ({ code, kind, negotiation } as RefusedSignal) : undefined;
}
