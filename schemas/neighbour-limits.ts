import { announceLimits } from './announce-fields.js';
import type { NeighbourMessage, SampledPeer, SwarmSamples } from './records.js';

/** What readers believe of another tracker's records, and writers keep to. */
export const neighbourLimits = {
  /** Of a swarm's key: a stream's, alone or with an info hash in hexadecimal. */
  swarmLengthMax: announceLimits.streamLengthMax + 64,
  peerLengthMax: 64,
  networkLengthMax: 64,
  /** Swarms in one record. */
  samplesMax: 2_048,
  /** Peers told of one swarm. */
  sampledPeersMax: 64,
  /** Peers in one record: far below what Kafka takes, whatever they are called. */
  peersPerRecordMax: 4_096,
  wordLengthMax: 32,
  /**
   * A description at its largest, 16 KiB in both dialects, and the frame around it: two peer_ids,
   * an info hash and a name of 64 characters, of which each may be written with six.
   */
  payloadLengthMax: 20 * 1024,
} as const;

const isInstance = (text: string): boolean => /^[\w-]{8}$/.test(text);
const isName = (text: string, lengthMax: number): boolean =>
  text !== '' && text.length <= lengthMax;

function isPeerInBounds({ peer, segment, quality, network }: SampledPeer): boolean {
  return (
    isName(peer, neighbourLimits.peerLengthMax) &&
    segment >= -1 &&
    isName(quality, announceLimits.qualityLengthMax) &&
    network.length <= neighbourLimits.networkLengthMax
  );
}

/** Names the first value of a tracker's samples that is outside its bounds. */
export function samplesError({ instance, samples }: SwarmSamples): string | undefined {
  const { samplesMax, sampledPeersMax, peersPerRecordMax, swarmLengthMax } = neighbourLimits;
  if (!isInstance(instance)) return 'instance out of bounds';
  if (samples.length > samplesMax) return 'too many samples';
  let peersTold = 0;
  for (const [index, { swarm, size, peers }] of samples.entries()) {
    peersTold += peers.length;
    const isInBounds =
      isName(swarm, swarmLengthMax) && size >= 0 && peers.length <= sampledPeersMax;
    if (!isInBounds || !peers.every(isPeerInBounds)) return `sample ${index} out of bounds`;
  }
  return peersTold > peersPerRecordMax ? 'too many peers' : undefined;
}

/** Names the first value of a message between trackers that is outside its bounds. */
export function neighbourMessageError(message: NeighbourMessage): string | undefined {
  const { peerLengthMax, swarmLengthMax, wordLengthMax, payloadLengthMax } = neighbourLimits;
  const { fromInstance, toInstance, from, to, swarm, dialect, kind, payload } = message;
  if (!isInstance(fromInstance) || !isInstance(toInstance)) return 'instance out of bounds';
  if (!isName(from, peerLengthMax) || !isName(to, peerLengthMax)) return 'peer out of bounds';
  if (!isName(swarm, swarmLengthMax)) return 'swarm out of bounds';
  if (dialect.length > wordLengthMax || kind.length > wordLengthMax) return 'kind out of bounds';
  return payload.length > payloadLengthMax ? 'payload out of bounds' : undefined;
}
