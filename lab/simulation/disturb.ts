import { encodeCommitMetadata } from '../../rollup/commit-point.js';
import { sessionTimeoutMs } from '../../rollup/ownership.js';
import { topics } from '../../schemas/index.js';
import type { Disturbance } from './faults.js';
import type { GroupCoordinator } from './group-coordinator.js';
import { deleteBeginning } from './retention.js';
import { pauseMsMax } from './settings.js';
import type { World } from './world.js';

/** Lets disturbances strike until `endMs`; what lasts is over by then, or within a pause's length after. */
export function disturbUntil(world: World, endMs: number): void {
  const { clock, faults } = world;
  clock.every(1_000, () => {
    for (const kind of faults.ofOneSecond()) {
      clock.after(world.random.below(1_000), () => {
        if (!faults.isOver && strike(world, kind, endMs)) faults.count(kind);
      });
    }
    return clock.nowMs < endMs;
  });
}

/** So many sessions send something again, whatever else happens. */
const resendingLeast = 3;

/** Cuts a few viewers' connections for longer than there is between two announces, between the two times. */
export function letSomeResend(world: World, fromMs: number, untilMs: number): void {
  const { clock, random, viewers, faults } = world;
  for (const viewer of random.shuffled(viewers).slice(0, resendingLeast)) {
    clock.at(random.between(fromMs, untilMs), () => {
      faults.count('viewer is disconnected');
      viewer.disconnect(15_000, 20_000);
    });
  }
}

/** False when there was nothing that it could strike. */
function strike(world: World, kind: Disturbance, endMs: number): boolean {
  const { random, clock, cluster, kafka, carbon, table, rollups, trackers, viewers } = world;
  const group = random.chance(0.5) ? world.partialsGroup : world.totalsGroup;
  const partition = random.below(
    group === world.partialsGroup ? cluster.partitions : cluster.partialPartitions,
  );
  const lasting = (leastMs: number, mostMs: number): number =>
    Math.max(0, Math.min(random.between(leastMs, mostMs), endMs - clock.nowMs));
  switch (kind) {
    case 'rollup crashes':
      if (rollups.length === 0) return false;
      world.crashRollup(random.pick(rollups), random.between(500, 30_000));
      return true;
    case 'rollup stops':
      if (rollups.length === 0) return false;
      world.stopRollup(random.pick(rollups), random.between(1_000, 20_000));
      return true;
    case 'rollup pauses shortly':
      if (rollups.length === 0) return false;
      return random.pick(rollups).process.pause(random.between(100, 9_000));
    case 'rollup pauses beyond the session time-out':
      if (rollups.length === 0) return false;
      return random
        .pick(rollups)
        .process.pause(random.between(sessionTimeoutMs + 1_000, pauseMsMax));
    case 'rollup is cut off from the coordinator': {
      if (rollups.length === 0) return false;
      const node = random.pick(rollups);
      const durationMs = random.between(5_000, 50_000);
      for (const member of [node.partialsMember, node.totalsMember]) {
        member.cutOff(durationMs, random.between(sessionTimeoutMs + 1_000, 40_000));
      }
      return true;
    }
    case 'tracker crashes':
      if (trackers.length === 0) return false;
      world.crashTracker(random.pick(trackers), random.between(500, 20_000));
      return true;
    case 'tracker pauses':
      if (trackers.length === 0) return false;
      return random.pick(trackers).process.pause(random.between(1_000, pauseMsMax));
    case 'group rebalances':
      group.rebalance();
      return true;
    case 'commit goes back to an earlier one':
    case 'commit is wiped':
    case 'commit is out of range':
    case 'commit without metadata':
      return spoilCommit(world, group, partition, kind);
    case 'fetch of a partition stalls': {
      const topic = group === world.partialsGroup ? topics.announces : topics.partials;
      kafka.stallFetch(topic, partition, lasting(5_000, 90_000));
      return true;
    }
    case 'beginning of the log is deleted':
      return deleteBeginning(world, group, partition);
    case 'leader moves':
      kafka.moveLeader();
      return true;
    case 'poison record':
      kafka.appendNow(topics.announces, random.below(cluster.partitions), [
        { value: Buffer.from('not a record') },
      ]);
      return true;
    case 'carbon killed':
      carbon.kill(lasting(500, 30_000));
      return true;
    case 'carbon away':
      carbon.goAway(lasting(5_000, 90_000));
      return true;
    case 'carbon connection drops':
      carbon.dropConnections();
      return true;
    case 'ClickHouse away':
      table.goAway(lasting(5_000, 120_000));
      return true;
    case 'all Kafka away':
      kafka.goAway(lasting(10_000, 100_000));
      return true;
    case 'all rollups away':
      world.keepRollupsAway(clock.nowMs + lasting(30_000, 240_000));
      return true;
    case 'all of stage 1 away':
      world.partialsGroup.suspend(lasting(30_000, 240_000));
      return true;
    case 'viewer is disconnected':
      if (random.chance(0.3)) random.pick(viewers).disconnect(20_000, 150_000);
      else random.pick(viewers).disconnect(200, 15_000);
      return true;
  }
}

function spoilCommit(
  world: World,
  group: GroupCoordinator,
  partition: number,
  kind: Disturbance,
): boolean {
  const { random, kafka } = world;
  const topic = group === world.partialsGroup ? topics.announces : topics.partials;
  const history = group.history(partition);
  if (history.length === 0) return false;
  switch (kind) {
    case 'commit goes back to an earlier one':
      group.setCommit(random.pick(history));
      break;
    case 'commit is wiped':
      group.wipeCommit(partition);
      break;
    case 'commit is out of range': {
      const offset = kafka.records(topic, partition).length + random.between(500, 1_000);
      const metadata = encodeCommitMetadata({ offset, exactFrom: 1, deadLettersBefore: 0 });
      group.setCommit({ partition, offset, metadata });
      break;
    }
    default:
      group.setCommit({ partition, offset: random.chance(0.5) ? -2 : 3, metadata: '' });
  }
  // Somebody has to begin from it, or it would be overwritten unseen.
  if (random.chance(0.7)) group.rebalance();
  return true;
}
