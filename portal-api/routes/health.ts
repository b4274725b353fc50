import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type, type Static } from 'typebox';
import type { SeenMember } from '../../registry/index.js';
import { messageOf } from '../../service/errors.js';
import { standsStill } from '../../service/partition-watch.js';
import type { LiveFigures } from '../metrics/live-figures.js';
import { Problem } from '../problems.js';
import { orNull } from './or-null.js';

const HealthAnswer = Type.Object(
  {
    isHealthy: Type.Boolean(),
    figures: Type.Object({
      state: Type.String({
        description: 'as of the metrics; unknown without Graphite. Healthy: current or idle',
      }),
      lastMinuteAtMs: orNull(Type.Integer()),
      behindMs: orNull(Type.Integer(), {
        description: 'since the end of the last minute with figures',
      }),
    }),
    graphite: Type.Object({
      isReachable: Type.Boolean(),
      answeredInMs: Type.Number(),
      detail: Type.String({ description: 'why not; else empty' }),
      unreadable: Type.Array(Type.String(), {
        description: "series that Graphite has and can't read, of those in the list of streams",
      }),
    }),
    registry: Type.Object({
      isReadable: Type.Boolean(),
      behindRecords: orNull(Type.Integer(), {
        description: "records of the log that the portal hasn't read",
      }),
      detail: Type.String(),
    }),
    members: Type.Record(Type.String(), Type.Integer(), { description: 'live nodes by role' }),
    troubled: Type.Array(Type.String(), {
      description: 'live nodes that have partitions without progress, and which; /readyz says why',
    }),
  },
  { title: 'Health' },
);
type HealthAnswer = Static<typeof HealthAnswer>;
const OutsideHealth = Type.Pick(HealthAnswer, ['isHealthy', 'figures'], {
  title: 'OutsideHealth',
  description: 'for who sees some groups alone',
});

export interface HealthRouteOptions {
  readonly live: LiveFigures;
  readonly members: () => readonly SeenMember[];
  /** Records of the registry log that haven't been read here. Rejects when Kafka doesn't answer. */
  readonly registryBehind: () => Promise<number>;
  readonly now: () => number;
}

/** How the parts are that the portal sees. Always 200: the answer is the news. */
export function healthRoutes(options: HealthRouteOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/health',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['cluster'],
          summary: 'Graphite, the figures, the registry and the nodes',
          response: { 200: Type.Union([HealthAnswer, OutsideHealth]), default: Problem },
        },
      },
      async ({ actor }) => {
        const [figures, registry] = await Promise.all([
          figuresHealth(options),
          registryHealth(options),
        ]);
        const seen = options.members();
        const troubled = troubledMembers(seen);
        const isHealthy = areKnown(figures) && registry.isReadable && troubled.length === 0;
        // Nodes, addresses and names of series are nothing for customers.
        if (actor.groups !== 'all') return { isHealthy, figures: figures.figures };
        return { isHealthy, ...figures, registry, members: countByRole(seen), troubled };
      },
    );
    done();
  };
}

type FiguresHealth = Pick<HealthAnswer, 'graphite' | 'figures'>;

/** True: the last minutes were told, if it be that nobody watched. */
function areKnown({ graphite, figures }: FiguresHealth): boolean {
  const isTold = figures.state === 'current' || figures.state === 'idle';
  return isTold && graphite.unreadable.length === 0;
}

async function figuresHealth({ live, now }: HealthRouteOptions): Promise<FiguresHealth> {
  const startedAtMs = now();
  try {
    const { total, unreadable } = await live.now();
    const { state, closedUntilMs, minuteAtMs } = total;
    const nowMs = now();
    const behindMs = closedUntilMs === null ? null : Math.max(0, nowMs - closedUntilMs);
    return {
      graphite: {
        isReachable: true,
        answeredInMs: nowMs - startedAtMs,
        detail: '',
        unreadable: [...unreadable],
      },
      figures: { state, lastMinuteAtMs: minuteAtMs, behindMs },
    };
  } catch (error) {
    const answeredInMs = now() - startedAtMs;
    return {
      graphite: { isReachable: false, answeredInMs, detail: messageOf(error), unreadable: [] },
      figures: { state: 'unknown', lastMinuteAtMs: null, behindMs: null },
    };
  }
}

async function registryHealth({
  registryBehind,
}: HealthRouteOptions): Promise<HealthAnswer['registry']> {
  try {
    return { isReadable: true, behindRecords: await registryBehind(), detail: '' };
  } catch (error) {
    return { isReadable: false, behindRecords: null, detail: messageOf(error) };
  }
}

function troubledMembers(members: readonly SeenMember[]): string[] {
  return members
    .filter(({ member }) => standsStill(member.state))
    .map(({ member }) => `${member.name} ${member.state}`);
}

function countByRole(members: readonly SeenMember[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { member } of members) counts[member.role] = (counts[member.role] ?? 0) + 1;
  return counts;
}
