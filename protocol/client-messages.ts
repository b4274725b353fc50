import { Type, type Static, type TSchema } from 'typebox';
import {
  announceLimits,
  browsers,
  devices,
  failures,
  players,
  playerStates,
  reportedNumber,
  roles,
  systems,
  toldReasons,
  type ReportedNumber,
} from '../schemas/index.js';
import { idPattern } from './id-pattern.js';
import { protocolLimits } from './limits.js';
import { signal, type SignalMessage } from './signals.js';

/** What viewers send (viblast.v1). Published JSON Schemas, validation and types come from here. */

const count = (maximum: number) => Type.Integer({ minimum: 0, maximum });
/** A number that an announce may have, within the bounds that readers hold it to. */
const told = (field: ReportedNumber) => {
  const { min = 0, max } = reportedNumber(field);
  return Type.Optional(Type.Integer({ minimum: min, maximum: max }));
};
const oneOf = <Value extends string>(values: readonly Value[]) =>
  Type.Unsafe<Value>({ type: 'string', enum: [...values] });

const hello = Type.Object(
  {
    type: Type.Literal('hello'),
    stream: Type.String({
      minLength: 1,
      maxLength: announceLimits.streamLengthMax,
      description: 'Key of the stream.',
    }),
    session: Type.String({
      pattern: idPattern,
      description: "The playback's 128 random bits as 22 base64url characters (CMCD sid).",
    }),
    browser: Type.Optional(
      Type.Unknown({
        description: `The family: ${browsers.join(', ')}. Anything else is as if it were missing.`,
      }),
    ),
    brands: Type.Optional(
      Type.Unknown({
        description:
          'The list `navigator.userAgentData.brands`: objects with `brand`. What is no such list, and brands that are not known, are as if they were missing.',
      }),
    ),
    role: Type.Optional(
      Type.Unknown({
        description: `What the session is: ${roles.join(', ')}. Only viewers are counted as such. Anything else is as if it were missing, which is a viewer.`,
      }),
    ),
    device: Type.Optional(
      Type.Unknown({
        description: `The kind of device: ${devices.join(', ')}. Another text is \`other\`; anything else is as if it were missing, and the User-Agent tells.`,
      }),
    ),
    system: Type.Optional(
      Type.Unknown({
        description: `The operating system: ${systems.join(', ')}. As with \`device\`.`,
      }),
    ),
    player: Type.Optional(
      Type.Unknown({
        description: `The player: ${players.join(', ')}, with or without its version, such as \`hls.js/1.5.7\`. Another text is \`other\`; anything else is \`unknown\`.`,
      }),
    ),
    labels: Type.Optional(
      Type.Unknown({
        description:
          "An object with a value for each of the stream's labels. A value that the stream doesn't list is `other`, a label without one `unknown`, and what is no label of the stream is as if it were missing.",
      }),
    ),
    viewer: Type.Optional(
      Type.Unknown({
        description:
          'Who watches, a text of up to 200 characters that is the same on every day. Kept as a salted pseudonym alone, and only where trackers have a salt; anything else is as if it were missing.',
      }),
    ),
    connection: Type.Optional(
      Type.Unknown({
        description:
          'What the device is connected by, such as `navigator.connection.type`: `cellular` in whatever capitals; anything else is as if it were missing, which is not cellular.',
      }),
    ),
    token: Type.Optional(
      Type.String({
        maxLength: protocolLimits.tokenLengthMax,
        description: 'Join token (JWT, HS256), where the stream asks for one.',
      }),
    ),
    ticket: Type.Optional(
      Type.String({
        maxLength: protocolLimits.tokenLengthMax,
        description: 'The newest from `welcome` or `renewed`, where there was one.',
      }),
    ),
  },
  { description: 'The first message of a socket.' },
);

const announceFields = Type.Object(
  {
    number: count(announceLimits.numberMax),
    time: count(announceLimits.timeMax),
    segment: told('segment'),
    quality: Type.Optional(Type.String({ maxLength: announceLimits.qualityLengthMax })),
    state: Type.Optional(oneOf(playerStates)),
    watchedMs: told('watchedMs'),
    stalledMs: told('stalledMs'),
    stalls: told('stalls'),
    startupMs: told('startupMs'),
    cdnBytes: told('cdnBytes'),
    peerBytes: told('peerBytes'),
    uploadedBytes: told('uploadedBytes'),
    peers: told('peers'),
    bufferLengthMs: told('bufferLengthMs'),
    liveLatencyMs: told('liveLatencyMs'),
    encodedBitrateKbps: told('encodedBitrateKbps'),
    throughputKbps: told('throughputKbps'),
    playbackRatePercent: told('playbackRatePercent'),
    droppedFrames: told('droppedFrames'),
    errors: told('errors'),
    errorsNetwork: told('errorsNetwork'),
    errorsMedia: told('errorsMedia'),
    errorsDrm: told('errorsDrm'),
    errorsPlayer: told('errorsPlayer'),
    failure: Type.Optional(oneOf(failures)),
    qualitySwitches: told('qualitySwitches'),
    startingMs: told('startingMs'),
    seekingMs: told('seekingMs'),
    pausedMs: told('pausedMs'),
    waitingMs: told('waitingMs'),
    cdnReason: Type.Optional(oneOf(toldReasons)),
    seederBytes: told('seederBytes'),
    connectionsTried: told('connectionsTried'),
    connectionsMade: told('connectionsMade'),
  } satisfies Record<ReportedNumber, TSchema> & Record<string, TSchema>,
  { description: "One report: its number, its time on the tracker's clock, and deltas." },
);

const announce = Type.Object(
  {
    type: Type.Literal('announce'),
    announces: Type.Array(announceFields, { maxItems: protocolLimits.announcesPerMessageMax }),
    peersWanted: Type.Optional(count(1_000)),
    connectedPeers: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: protocolLimits.connectedPeersMax,
        description: 'Peers that the viewer is connected to, and is not to be told of.',
      }),
    ),
  },
  { description: 'Reports, new ones and those sent again; asks for peers.' },
);

const leave = Type.Object(
  { type: Type.Literal('leave') },
  { description: 'No more peers, no more announces; closed after the last answers.' },
);

export const clientMessages = { hello, announce, signal, leave } as const;

export type Hello = Static<typeof hello>;
export type AnnounceMessage = Static<typeof announce>;
export type AnnounceFields = Static<typeof announceFields>;
export type ClientMessage = Hello | AnnounceMessage | SignalMessage | Static<typeof leave>;
