import { subprotocol } from '../../protocol/index.js';
import type { Dialect } from '../sockets/conversation.js';
import { viblastSignals } from './signals.js';
import { signalsFromElsewhere } from './signals-from-elsewhere.js';
import type { ViewerParts } from './viewer-parts.js';
import { ViewerSession } from './viewer-session.js';
import { WaitingAcknowledgements } from './waiting-acknowledgements.js';

/** viblast.v1, our own dialect: docs/protocol.md. */
export function viblastDialect(parts: ViewerParts): Dialect {
  parts.neighbours.receive(viblastSignals, signalsFromElsewhere(parts));
  const { announces: queue, cluster: times, metrics, now } = parts;
  const shared = {
    ...parts,
    acknowledgements: new WaitingAcknowledgements(now),
    reportParts: { queue, times, metrics },
  };
  return {
    subprotocol,
    greetingDeadlines: 1,
    leaveText: JSON.stringify({ type: 'leave' }),
    begin: (link, request) => new ViewerSession(shared, link, request),
  };
}
