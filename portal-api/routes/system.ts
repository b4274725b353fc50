import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type, type Static } from 'typebox';
import type { SeenMember } from '../../registry/index.js';
import { groups } from '../../schemas/index.js';
import { messageOf } from '../../service/errors.js';
import { standsStill } from '../../service/partition-watch.js';
import type { LiveFigures } from '../metrics/live-figures.js';
import { Problem } from '../problems.js';
import { freshnessFields } from './metric-shapes.js';
import { mustSeeAll } from './seen-stream.js';

const TimeOrNull = Type.Union([Type.Integer(), Type.Null()]);

const Node = Type.Object({
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

const Lag = Type.Object({
  group: Type.String(),
  topic: Type.String(),
  behindRecords: Type.Integer({ description: 'over all partitions' }),
  byPartition: Type.Array(
    Type.Object({ partition: Type.Integer(), behindRecords: Type.Integer() }),
  ),
});

const SystemAnswer = Type.Object(
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
        finalUntilMs: Type.Union([Type.Integer(), Type.Null()], {
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
type SystemAnswer = Static<typeof SystemAnswer>;

/** How far one consumer group has got with a topic. */
export interface GroupStanding {
  readonly group: string;
  readonly topic: string;
  readonly byPartition: readonly { readonly partition: number; readonly behindRecords: number }[];
  /** Up to here it is done with every minute; null: not known. */
  readonly finalUntilMs: number | null;
}

/** Rejects when Kafka doesn't answer. */
export type SystemLogs = () => Promise<readonly GroupStanding[]>;

export interface SystemRouteOptions {
  readonly live: LiveFigures;
  readonly logs: SystemLogs;
  readonly catalog: { readonly streams: () => readonly unknown[] };
  readonly members: () => readonly SeenMember[];
  readonly registryBehind: () => Promise<number>;
}

/** Every part that runs, and how far each is. Always 200: the answer is the news. */
export function systemRoutes(options: SystemRouteOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/system',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['cluster'],
          summary: 'Trackers, consumers and their lag, sinks, the registry',
          response: { 200: SystemAnswer, default: Problem },
        },
      },
      ({ actor }) => {
        mustSeeAll(actor, 'the system');
        return systemAnswer(options);
      },
    );
    done();
  };
}

async function systemAnswer(options: SystemRouteOptions): Promise<SystemAnswer> {
  const { live, logs, catalog, members, registryBehind } = options;
  const [figures, standings, behind] = await Promise.all([
    outcomeOf(live.now()),
    outcomeOf(logs()),
    outcomeOf(registryBehind()),
  ]);
  const ofRole = (role: string) =>
    members()
      .filter(({ member }) => member.role === role)
      .map(nodeAnswer);
  const groupStandings = standings.ok ? standings.value : [];
  const finalUntilMs = (group: string): number | null =>
    groupStandings.find((standing) => standing.group === group)?.finalUntilMs ?? null;
  return {
    trackers: ofRole('tracker'),
    rollups: ofRole('rollup'),
    ingests: ofRole('ingest'),
    portals: ofRole('portal'),
    lag: groupStandings.map(lagAnswer),
    sinks: {
      graphite: {
        isReachable: figures.ok,
        detail: figures.ok ? '' : figures.detail,
        state: figures.ok ? figures.value.total.state : 'no_data',
        closedUntilMs: figures.ok ? figures.value.total.closedUntilMs : null,
        finalUntilMs: finalUntilMs(groups.totals.graphite),
      },
      clickHouse: { finalUntilMs: finalUntilMs(groups.totals.clickhouse) },
    },
    closed: figures.ok
      ? figures.value.closed.untilMs.map((closedUntilMs, partition) => ({
          partition,
          closedUntilMs,
        }))
      : [],
    registry: {
      isReadable: behind.ok,
      behindRecords: behind.ok ? behind.value : null,
      streams: catalog.streams().length,
      detail: behind.ok ? '' : behind.detail,
    },
    detail: standings.ok ? '' : standings.detail,
  };
}

function nodeAnswer({ member, seenAtMs }: SeenMember): Static<typeof Node> {
  const { name, state, address, version, load, viewers, owned } = member;
  const isTroubled = standsStill(state);
  return { name, state, isTroubled, address, version, load, viewers, owned: [...owned], seenAtMs };
}

function lagAnswer({ group, topic, byPartition }: GroupStanding): Static<typeof Lag> {
  const behindRecords = byPartition.reduce((sum, one) => sum + one.behindRecords, 0);
  return { group, topic, behindRecords, byPartition: [...byPartition] };
}

type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly detail: string };

async function outcomeOf<Value>(pending: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await pending };
  } catch (error) {
    return { ok: false, detail: messageOf(error) };
  }
}
