import { Type, type Static } from 'typebox';
import { freshnessFields } from './metric-shapes.js';
import { orNull } from './or-null.js';

const TimeOrNull = orNull(Type.Integer());

export const Node = Type.Object({
  name: Type.String(),
  state: Type.String(),
  isTroubled: Type.Boolean({ description: 'it has partitions without progress' }),
  address: Type.String({ description: 'host:port of its admin server' }),
  version: Type.String(),
  load: Type.Number({ description: '0 idle … 1 full' }),
  viewers: Type.Integer({ description: 'of a tracker: sockets of viewers' }),
  owned: Type.Array(Type.String()),
  seenAtMs: Type.Integer(),
});

export const Lag = Type.Object({
  group: Type.String(),
  topic: Type.String(),
  behindRecords: Type.Integer({ description: 'over all partitions' }),
  byPartition: Type.Array(
    Type.Object({ partition: Type.Integer(), behindRecords: Type.Integer() }),
  ),
});

export const SystemAnswer = Type.Object(
  {
    trackers: Type.Array(Node),
    rollups: Type.Array(Node),
    ingests: Type.Array(Node),
    portals: Type.Array(Node),
    lag: Type.Array(Lag, { description: 'empty where Kafka does not answer; see detail' }),
    sinks: Type.Object({
      graphite: Type.Object({
        isReachable: Type.Boolean(),
        detail: Type.String({ description: 'why not; else empty' }),
        ...freshnessFields,
        finalUntilMs: TimeOrNull,
      }),
      clickHouse: Type.Object({
        finalUntilMs: orNull(Type.Integer(), {
          description: 'up to here it has been given every final minute',
        }),
      }),
    }),
    closed: Type.Array(Type.Object({ partition: Type.Integer(), closedUntilMs: TimeOrNull }), {
      description: 'how far each partition of rollup-partials has closed, as Graphite has it',
    }),
    registry: Type.Object({
      isReadable: Type.Boolean(),
      behindRecords: TimeOrNull,
      streams: Type.Integer(),
      detail: Type.String(),
    }),
    detail: Type.String({ description: 'what is wrong with the lag; else empty' }),
  },
  { title: 'System' },
);
export type SystemAnswer = Static<typeof SystemAnswer>;
