import { Type, type Static } from 'typebox';
import { announceLimits } from '../schemas/index.js';
import { errorCodes, refusalReasons } from './codes.js';
import { idPattern } from './id-pattern.js';
import { protocolLimits } from './limits.js';
import { relayedSignal, signalKinds } from './signals.js';

/** What the tracker sends (viblast.v1). The published JSON Schemas and the types come from here. */

const milliseconds = Type.Integer({ minimum: 0 });
const peerId = Type.String({ pattern: idPattern });
const numbers = Type.Array(Type.Integer({ minimum: 0, maximum: announceLimits.numberMax }));
const oneOf = <Value extends string>(values: readonly Value[]) =>
  Type.Unsafe<Value>({ type: 'string', enum: [...values] });

const iceServers = Type.Array(
  Type.Object({
    urls: Type.Array(Type.String()),
    username: Type.Optional(Type.String()),
    credential: Type.Optional(Type.String()),
  }),
  { description: 'For `new RTCPeerConnection({ iceServers })`.' },
);
const ticket = Type.Optional(
  Type.String({ description: 'For the next hello, in place of a join token that has expired.' }),
);

const toldPolicy = {
  policy: Type.Object(
    {
      peers: Type.Boolean({ description: 'False: nobody gets peers.' }),
      peersMax: Type.Optional(
        Type.Integer({ minimum: 1, description: 'Peers that a viewer is connected to at most.' }),
      ),
      uploadKbpsMax: Type.Optional(
        Type.Integer({ minimum: 1, description: 'What it sends to all of them together at most.' }),
      ),
      cellular: Type.Boolean({ description: 'False: no peers on a cellular network.' }),
      give: Type.Boolean({ description: 'False: viewers take, and send nothing to others.' }),
      viewersMin: Type.Integer({ minimum: 1, description: 'Viewers from which on there are any.' }),
    },
    { description: 'What the stream lets its viewers do; what is missing is not bounded.' },
  ),
  isHeldBack: Type.Boolean({
    description: 'True: this session gets no peers, so that others can be compared with it.',
  }),
};

const welcome = Type.Object(
  {
    type: Type.Literal('welcome'),
    peer: peerId,
    time: Type.Integer({
      description: "The tracker's clock, Unix ms: the one announces are stamped by.",
    }),
    announceIntervalMs: milliseconds,
    iceServers,
    ticket,
    // Trackers of earlier versions tell neither.
    policy: Type.Optional(toldPolicy.policy),
    isHeldBack: Type.Optional(toldPolicy.isHeldBack),
    limits: Type.Object({
      messageBytesMax: Type.Integer(),
      announcesMax: Type.Integer(),
      peersMax: Type.Integer(),
      messagesPerSecond: Type.Number({
        description: 'Messages, signals apart; one that is faster is closed.',
      }),
      messagesBurst: Type.Integer({ description: 'Of these, at once.' }),
      unsentBytesMax: Type.Integer({
        description: 'A socket that leaves more than this unread is closed.',
      }),
      silentMsMax: Type.Integer({
        description: 'A viewer from which nothing came for this long loses its socket.',
      }),
      connectedPeersMax: Type.Integer(),
      signalBytesMax: Type.Integer(),
      signalDepthMax: Type.Integer({ description: 'Levels of arrays and objects in a signal.' }),
      descriptionsPerSecond: Type.Integer({
        description: 'Offers, answers and rejections; those above it are dropped with an error.',
      }),
      descriptionsBurst: Type.Integer({ description: 'Of these, at once.' }),
      candidatesMax: Type.Integer({ description: 'Candidates in one signal.' }),
      candidatesPerSecond: Type.Integer({
        description: 'Candidates; signals with those above it are dropped with an error.',
      }),
      candidatesBurst: Type.Integer({ description: 'Of these, at once.' }),
      negotiationLifetimeMs: Type.Integer({
        description: 'How long answer and candidates may follow an offer.',
      }),
      negotiationBytesMax: Type.Integer({
        description: "Bytes of one side's signals in a negotiation.",
      }),
      offersPerPeerMax: Type.Integer({ description: 'Offers of a viewer within the lifetime.' }),
      offersPerPairMax: Type.Integer({ description: 'Of these, to the same peer.' }),
      openOffersPerPairMax: Type.Integer({
        description: 'Of these, neither answered nor rejected.',
      }),
      openOffersPerTargetMax: Type.Integer({
        description: 'Offers of all viewers to one that it neither answered nor rejected.',
      }),
      openOffersPerOriginMax: Type.Integer({ description: 'Of these, from one address.' }),
      openOffersPerTrackerMax: Type.Integer({
        description: 'Of these, from the viewers of one other tracker.',
      }),
      openOfferCountsMs: Type.Integer({
        description: 'An offer that waits for longer counts no more among these.',
      }),
      targetUnsentBytesMax: Type.Integer({
        description: 'A viewer that leaves more than this unread gets no signals.',
      }),
      oldestMs: Type.Integer({ description: 'Announces older than this are refused.' }),
      aheadMs: Type.Integer({ description: 'Announces further ahead than this are refused.' }),
      budgetMs: Type.Integer({
        description:
          'What a session can have done in this time it may tell at once, and more as time passes.',
      }),
      playedPercentMax: Type.Integer({
        description: 'Played and stalled together, in percent of the time that passes.',
      }),
      mbpsMax: Type.Number({
        description: 'Fetched from CDN and peers together, and as much sent to peers; Mbit/s.',
      }),
      stallsPerSecondMax: Type.Number(),
      droppedFramesPerSecondMax: Type.Number(),
      errorsPerSecondMax: Type.Number(),
      switchesPerSecondMax: Type.Number(),
      connectionsPerSecondMax: Type.Number(),
      announcesPerIntervalMax: Type.Integer({
        description: 'Announces that a session may make in an announce interval, for long.',
      }),
      announcesBurst: Type.Integer({
        description: 'Announces that may come at once, after a time without any.',
      }),
    }),
  },
  { description: 'Answers hello.' },
);

const peers = Type.Object(
  {
    type: Type.Literal('peers'),
    time: Type.Integer({ description: "The tracker's clock, Unix ms." }),
    peers: Type.Array(
      Type.Object({
        peer: peerId,
        segment: Type.Integer({ minimum: -1, description: '-1 where not told.' }),
        quality: Type.String(),
        role: Type.Optional(
          Type.Literal('seeder', {
            description:
              'What is fetched from it are `seederBytes`. Absent: a viewer, or not known.',
          }),
        ),
      }),
      { maxItems: protocolLimits.peersMax },
    ),
  },
  { description: 'Answers announce, at once.' },
);

const acknowledged = Type.Object(
  { type: Type.Literal('acknowledged'), numbers },
  { description: 'These announces are in the log and will be counted, once, in their minute.' },
);

const refused = Type.Object(
  { type: Type.Literal('refused'), numbers, reason: oneOf(refusalReasons) },
  { description: 'Final: do not send these announces again.' },
);

const error = Type.Object(
  {
    type: Type.Literal('error'),
    code: oneOf(errorCodes),
    message: Type.String({ description: 'For people.' }),
    retryable: Type.Boolean(),
    numbers: Type.Optional(numbers),
    indexes: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0 }), {
        description: 'Of bad_announce: the places of those announces in their message, from 0.',
      }),
    ),
    to: Type.Optional(peerId),
    kind: Type.Optional(oneOf(signalKinds)),
    negotiation: Type.Optional(Type.String()),
  },
  {
    description:
      'Retryable with numbers: keep these announces and send them again, unchanged. With ' +
      'negotiation: about a signal that was dropped.',
  },
);

const renewed = Type.Object(
  { type: Type.Literal('renewed'), iceServers, ticket },
  { description: 'In place of those of `welcome`, whose time will be over.' },
);

const policy = Type.Object(
  { type: Type.Literal('policy'), ...toldPolicy },
  { description: 'In place of those of `welcome`: to be obeyed at once.' },
);

const reconnect = Type.Object(
  { type: Type.Literal('reconnect'), afterMs: milliseconds },
  { description: 'The way here ends: close and connect again (maybe elsewhere) after this time.' },
);

export const serverMessages = {
  welcome,
  peers,
  acknowledged,
  refused,
  error,
  signal: relayedSignal,
  renewed,
  policy,
  reconnect,
} as const;

export type ServerMessage =
  | Static<typeof welcome>
  | Static<typeof peers>
  | Static<typeof acknowledged>
  | Static<typeof refused>
  | Static<typeof error>
  | Static<typeof relayedSignal>
  | Static<typeof renewed>
  | Static<typeof policy>
  | Static<typeof reconnect>;
