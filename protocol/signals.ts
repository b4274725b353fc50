import { Type, type Static, type TSchema } from 'typebox';
import { idPattern } from './id-pattern.js';
import { protocolLimits } from './limits.js';

/** What two peers say to one another through the tracker, by kind: as sent, and as relayed. */

const peerId = Type.String({ pattern: idPattern });
const type = Type.Literal('signal');
const negotiation = Type.String({
  minLength: 1,
  maxLength: protocolLimits.negotiationLengthMax,
  description: 'Chosen by who offers; no two of a pair of peers are alike.',
});
const data = Type.Record(Type.String(), Type.Unknown(), {
  description: 'Relayed as it is: an RTCSessionDescriptionInit.',
});
const candidates = Type.Array(
  Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
  {
    minItems: 1,
    maxItems: protocolLimits.candidatesMax,
    description:
      'Relayed as they are: RTCIceCandidateInit. The last has an empty `candidate`, or is ' +
      'null.',
  },
);

const offer = { type, kind: Type.Literal('offer'), negotiation, data };
const answer = { type, kind: Type.Literal('answer'), negotiation, data };
const someCandidates = { type, kind: Type.Literal('candidates'), negotiation, candidates };
const rejection = { type, kind: Type.Literal('reject'), negotiation };

const to = Type.String({ pattern: idPattern, description: 'Peer id from `peers` or `signal`.' });

/** What a viewer sends: a schema for each kind, so that what is wrong can be told by its field. */
export const signalsByKind = {
  offer: Type.Object({ ...offer, to }),
  answer: Type.Object({ ...answer, to }),
  candidates: Type.Object({ ...someCandidates, to }),
  reject: Type.Object({ ...rejection, to }),
} as const satisfies Record<SignalKind, TSchema>;

export const signal = Type.Union(
  [signalsByKind.offer, signalsByKind.answer, signalsByKind.candidates, signalsByKind.reject],
  { description: 'To be relayed to a peer of the same swarm.' },
);

export const relayedSignal = Type.Union(
  [
    Type.Object({ ...offer, from: peerId }),
    Type.Object({ ...answer, from: peerId }),
    Type.Object({ ...someCandidates, from: peerId }),
    Type.Object({ ...rejection, from: peerId }),
  ],
  { description: 'From a peer of the same swarm.' },
);

export const signalKinds = ['offer', 'answer', 'candidates', 'reject'] as const;
export type SignalKind = (typeof signalKinds)[number];
export type SignalMessage = Static<typeof signal>;
