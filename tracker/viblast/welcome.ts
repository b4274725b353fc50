import { protocolLimits, type ServerMessage } from '../../protocol/index.js';
import { toldRates } from '../announces/session-rates.js';
import { acceptedTimes } from '../announces/time-rules.js';
import { signalLimits, trackerLimits } from '../limits.js';
import { toldPolicyOf, type SessionPolicy } from '../policy/session-policy.js';
import type { Lent } from './lent-credentials.js';
import type { ViewerParts } from './viewer-parts.js';

/** The answer to a hello: who the viewer is among its peers, and every bound that holds for it. */
export function welcomeOf(
  peer: string,
  lent: Lent,
  policy: SessionPolicy,
  parts: ViewerParts,
): ServerMessage {
  return {
    type: 'welcome',
    peer,
    time: parts.now(),
    announceIntervalMs: parts.announceIntervalMs,
    ...lent,
    ...toldPolicyOf(policy),
    limits: {
      messageBytesMax: protocolLimits.messageBytesMax,
      announcesMax: protocolLimits.announcesPerMessageMax,
      peersMax: protocolLimits.peersMax,
      messagesPerSecond: parts.messagesPerSecond,
      messagesBurst: parts.messagesBurst,
      unsentBytesMax: trackerLimits.bufferedBytesMax,
      silentMsMax: trackerLimits.silentChecksMax * trackerLimits.aliveCheckMs,
      connectedPeersMax: protocolLimits.connectedPeersMax,
      signalBytesMax: protocolLimits.signalBytesMax,
      signalDepthMax: protocolLimits.signalDepthMax,
      candidatesMax: protocolLimits.candidatesMax,
      ...signalLimits,
      ...acceptedTimes(parts.cluster),
      ...toldRates(parts.rates),
    },
  };
}
