import type { ErrorCode, SignalMessage } from '../../protocol/index.js';
import type { JoinedSession } from './session-directory.js';
import type { ViewerParts } from './viewer-parts.js';

/** Who sends a signal. */
export interface SignalSender {
  readonly session: JoinedSession;
  readonly peer: string;
  readonly stream: string;
}

export type SignalTarget =
  | { readonly ok: true; readonly target: JoinedSession }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

/** To whom a signal goes, of which note is taken; or why to nobody. */
export function signalTarget(
  { directory, swarms, offers, now }: ViewerParts,
  sender: SignalSender,
  { to, kind }: SignalMessage,
): SignalTarget {
  const target = directory.byPeer(to);
  const isPeer =
    target !== undefined &&
    target !== sender.session &&
    target.isIn(sender.stream) &&
    swarms.has(sender.stream, sender.peer) &&
    swarms.has(sender.stream, to);
  if (!isPeer) {
    return { ok: false, code: 'unknown_peer', detail: 'no such peer in this swarm (any more)' };
  }
  if (!offers.admit(kind, sender.peer, to, now())) {
    const detail = `${kind}: no offer between these two is outstanding`;
    return { ok: false, code: 'no_offer', detail };
  }
  return { ok: true, target };
}
