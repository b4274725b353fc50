import type { GroupCommit } from '../../kafka/index.js';
import { encodeCommitMetadata } from '../../rollup/commit-point.js';
import { sessionTimeoutMs } from '../../rollup/ownership.js';
import { encodeIngestCommitMetadata, topics } from '../../schemas/index.js';
import type { Disturbance } from './faults.js';
import type { GroupCoordinator } from './group-coordinator.js';
import type { Random } from './random.js';
import { appendRefusedBatches } from './refused-batches.js';
import { deleteBeginning } from './retention.js';
import { pauseMsMax } from './settings.js';
import { cursedBatch } from './throws.js';
import type { World } from './world.js';

/** What a strike is aimed at, drawn anew for each, and when it has to be over. */
interface Aim {
  readonly group: GroupCoordinator;
  /** Of the topic that the group reads. */
  readonly partition: number;
  readonly endMs: number;
}

/**
 * Answers false when there was nothing that it could strike; it has struck whatever else it
 * answers.
 */
type Strike = (world: World, aim: Aim) => unknown;

/**
 * Lets one strike, over by `endMs` or within a pause's length after; false when there was nothing
 * to strike.
 */
export function strike(world: World, kind: Disturbance, endMs: number): boolean {
  const { random, cluster, partialsGroup, totalsGroups, ingests } = world;
  const ofTotals = Object.values(totalsGroups);
  const group = random.pick([partialsGroup, partialsGroup, ...ofTotals, ingests.group]);
  const partition = random.below(
    ofTotals.includes(group) ? cluster.partialPartitions : cluster.partitions,
  );
  return strikes[kind](world, { group, partition, endMs }) !== false;
}

const strikes: Readonly<Record<Disturbance, Strike>> = {
  'rollup crashes': (world) =>
    atOne(world.random, world.rollups, (node) =>
      world.crashRollup(node, world.random.between(500, 30_000)),
    ),
  'rollup stops': (world) =>
    atOne(world.random, world.rollups, (node) =>
      world.stopRollup(node, world.random.between(1_000, 20_000)),
    ),
  'rollup pauses shortly': ({ random, rollups }) =>
    atOne(random, rollups, ({ process }) => process.pause(random.between(100, 9_000))),
  'rollup pauses beyond the session time-out': ({ random, rollups }) =>
    atOne(random, rollups, ({ process }) =>
      process.pause(random.between(sessionTimeoutMs + 1_000, pauseMsMax)),
    ),
  'rollup is cut off from the coordinator': ({ random, rollups }) =>
    atOne(random, rollups, (node) => {
      const durationMs = random.between(5_000, 50_000);
      for (const member of node.members) {
        member.cutOff(durationMs, random.between(sessionTimeoutMs + 1_000, 40_000));
      }
    }),
  'ingest crashes': ({ random, ingests }) =>
    atOne(random, ingests.nodes, (node) => ingests.crash(node, random.between(500, 30_000))),
  'ingest stops': ({ random, ingests }) =>
    atOne(random, ingests.nodes, (node) => ingests.stop(node, random.between(6_000, 20_000))),
  'ingest pauses beyond the session time-out': ({ random, ingests }) =>
    atOne(random, ingests.nodes, ({ process }) =>
      process.pause(random.between(sessionTimeoutMs + 1_000, pauseMsMax)),
    ),
  'tracker crashes': (world) =>
    atOne(world.random, world.trackers, (node) =>
      world.crashTracker(node, world.random.between(500, 20_000)),
    ),
  'tracker pauses': ({ random, trackers }) =>
    atOne(random, trackers, ({ process }) => process.pause(random.between(1_000, pauseMsMax))),
  'group rebalances': (_world, { group }) => group.rebalance(),
  'commit goes back to an earlier one': (world, aim) =>
    spoilCommit(world, aim, (history) => aim.group.setCommit(world.random.pick(history))),
  'commit is wiped': (world, aim) =>
    spoilCommit(world, aim, () => aim.group.wipeCommit(aim.partition)),
  'commit is out of range': (world, aim) =>
    spoilCommit(world, aim, () => {
      const { group, partition } = aim;
      const log = world.kafka.records(topicOf(world, aim), partition);
      const offset = log.length + world.random.between(500, 1_000);
      const point = { offset, exactFrom: 1, deadLettersBefore: 0, setAside: [] };
      const metadata =
        group === world.ingests.group
          ? encodeIngestCommitMetadata(offset)
          : encodeCommitMetadata(point);
      group.setCommit({ partition, offset, metadata });
    }),
  'commit without metadata': (world, aim) =>
    spoilCommit(world, aim, () => {
      const offset = world.random.chance(0.5) ? -2 : 3;
      aim.group.setCommit({ partition: aim.partition, offset, metadata: '' });
    }),
  'fetch of a partition stalls': (world, aim) =>
    world.kafka.stallFetch(topicOf(world, aim), aim.partition, lasting(world, aim, 5_000, 90_000)),
  'beginning of the log is deleted': (world, { group, partition }) =>
    deleteBeginning(world, group, partition),
  'leader moves': ({ kafka }) => kafka.moveLeader(),
  'poison record': ({ kafka, random, cluster }) =>
    kafka.appendNow(topics.announces, random.below(cluster.partitions), [
      { value: Buffer.from('not a record') },
    ]),
  'record that cannot be applied': ({ kafka, random, cluster, clock }) =>
    kafka.appendNow(topics.announces, random.below(cluster.partitions), [
      { value: cursedBatch(clock.nowMs) },
    ]),
  'records whose raw rows ClickHouse refuses': appendRefusedBatches,
  'table of raw rows is wrong': (world, aim) =>
    world.ingests.table.beWrong(lasting(world, aim, 2_000, 60_000)),
  // Shortly: also while the sink looks for what is refused.
  'tables of minutes are wrong': (world, aim) =>
    world.table.beWrong(lasting(world, aim, 20, 5_000)),
  'carbon killed': (world, aim) => world.carbon.kill(lasting(world, aim, 500, 30_000)),
  'carbon away': (world, aim) => world.carbon.goAway(lasting(world, aim, 5_000, 90_000)),
  'carbon hangs': (world, aim) => world.carbon.hang(lasting(world, aim, 5_000, 90_000)),
  'host of carbon vanishes': (world, aim) =>
    world.carbon.vanish(lasting(world, aim, 5_000, 60_000)),
  'carbon connection drops': ({ carbon }) => carbon.dropConnections(),
  'ClickHouse away': (world, aim) => world.clickhouse.goAway(lasting(world, aim, 5_000, 120_000)),
  'all Kafka away': (world, aim) => world.kafka.goAway(lasting(world, aim, 10_000, 100_000)),
  'all rollups away': (world, aim) =>
    world.keepRollupsAway(world.clock.nowMs + lasting(world, aim, 30_000, 240_000)),
  'all of stage 1 away': (world, aim) =>
    world.partialsGroup.suspend(lasting(world, aim, 30_000, 240_000)),
  'viewer is disconnected': ({ random, viewers }) => {
    if (random.chance(0.3)) random.pick(viewers).disconnect(20_000, 150_000);
    else random.pick(viewers).disconnect(200, 15_000);
  },
};

/** Strikes one of those that there are; false when there is none. */
function atOne<Node>(
  random: Random,
  nodes: readonly Node[],
  strikeOne: (node: Node) => unknown,
): unknown {
  return nodes.length > 0 && strikeOne(random.pick(nodes));
}

function lasting({ random, clock }: World, { endMs }: Aim, msMin: number, msMax: number): number {
  return Math.max(0, Math.min(random.between(msMin, msMax), endMs - clock.nowMs));
}

function topicOf({ totalsGroups }: World, { group }: Aim): string {
  return Object.values(totalsGroups).includes(group) ? topics.partials : topics.announces;
}

/** Changes the commit of a partition that has one. */
function spoilCommit(
  { random }: World,
  { group, partition }: Aim,
  spoil: (history: readonly GroupCommit[]) => void,
): boolean {
  const history = group.history(partition);
  if (history.length === 0) return false;
  spoil(history);
  // Somebody has to begin from it, or it would be overwritten unseen.
  if (random.chance(0.7)) group.rebalance();
  return true;
}
