import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import type { SeenMember } from '../../registry/index.js';
import { groups } from '../../schemas/index.js';
import { messageOf } from '../../service/errors.js';
import { standsStill } from '../../service/partition-watch.js';
import type { LiveFigures } from '../metrics/live-figures.js';
import { Problem } from '../problems.js';
import { mustSeeAll } from './seen-stream.js';
import { SystemAnswer, type Lag, type Node } from './system-shapes.js';

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
      ? figures.value.untilMs.map((closedUntilMs, partition) => ({
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
