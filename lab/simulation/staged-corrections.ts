import { partitionOfStream } from '../../kafka/index.js';
import { allStreams, minuteOf } from '../../schemas/index.js';
import type { RollupNode } from './rollup-node.js';
import { pauseMsMax } from './settings.js';
import type { World } from './world.js';

/** What was sent has arrived by then. */
const arrivedMs = 50;
/** A minute is final and dropped by then. */
const restartAfterMs = 330_000;

/** When the minute ends of which there are `leftMsMin` left after the beginning. */
function minuteEndAfter({ cluster }: World, beginMs: number, leftMsMin: number): number {
  return (minuteOf(beginMs + leftMsMin, cluster.intervalMs) + 1) * cluster.intervalMs;
}

/** Owners of a partition of `rollup-partials` for Graphite, as they believe. */
export function totalsOwners(world: World): RollupNode[] {
  return world.rollups.filter((node) => node.totalsMembers.graphite.owned().length > 0);
}

/** The owner, as it believes, of the sums over all streams, which every correction changes. */
function ownerOfSums(world: World): RollupNode | undefined {
  const partition = partitionOfStream(allStreams, world.cluster.partialPartitions);
  return world.rollups.find((node) => node.totalsMembers.graphite.owned().includes(partition));
}

/**
 * Half of the viewers are away over the minute's end: what they send then corrects it, 20 to 25 s
 * after its end.
 */
function correctLater({ clock, viewers }: World, minuteEndMs: number): void {
  clock.at(minuteEndMs - 15_000, () => {
    for (const viewer of viewers.filter((_, index) => index % 2 === 0)) {
      viewer.disconnect(35_000, 40_000);
    }
  });
}

/**
 * An owner of stage 2 is paused in its first write of a minute for almost `takeover_seconds`.
 * Meanwhile another one writes the minute as corrected, and then nothing changes it any more, nor
 * who owns it, since the first one isn't let in again and dies when it has written: only a last
 * write can repair what it wrote.
 */
export function staleCorrection(world: World, beginMs: number): void {
  const { clock, random, faults, carbon } = world;
  const minuteEndMs = minuteEndAfter(world, beginMs, 50_000);
  correctLater(world, minuteEndMs);
  clock.at(minuteEndMs, () => {
    const owner = ownerOfSums(world);
    if (owner === undefined) return;
    faults.count('rollup is cut off from the coordinator');
    for (const member of owner.members) {
      member.cutOff(2 * pauseMsMax, Infinity);
    }
    carbon.pausesAtWrite.set(owner.process.name, {
      durationMs: pauseMsMax - random.below(4_000),
      onSent: () =>
        clock.after(arrivedMs, () => {
          faults.count('rollup crashes');
          world.crashRollup(owner, restartAfterMs);
        }),
    });
  });
}

/**
 * A minute is corrected when ClickHouse is away, which already has the next one, and which comes
 * back only when both are final and their owners have died: whoever drops the next minute before
 * the corrected one has lost the correction.
 */
export function correctionWaits(world: World, beginMs: number): void {
  const { clock, cluster, random, faults, viewers } = world;
  const minuteEndMs = minuteEndAfter(world, beginMs, 50_000);
  const viewer = random.pick(viewers);
  clock.at(minuteEndMs - 25_000, () => viewer.disconnect(105_000, 108_000));
  clock.at(minuteEndMs - 8_000, () => viewer.stop());
  clock.at(minuteEndMs + cluster.intervalMs + 15_000, () => {
    faults.count('ClickHouse away');
    world.clickhouse.goAway(6 * cluster.intervalMs);
  });
  const bothFinalMs = minuteEndMs + cluster.intervalMs + cluster.lateMs + cluster.graceMs;
  clock.at(bothFinalMs + 50_000, () => {
    for (const node of totalsOwners(world)) {
      faults.count('rollup crashes');
      world.crashRollup(node, random.between(500, 5_000));
    }
  });
}

/**
 * An owner of stage 2 loses Kafka but not carbon before a minute is corrected, and believes to be
 * the owner for minutes. When its successor is done with the minute, both get a new connection.
 */
export function formerOwnerConnectsAgain(world: World, beginMs: number): void {
  const { clock, cluster, faults, carbon } = world;
  const minuteEndMs = minuteEndAfter(world, beginMs, 50_000);
  const finalMs = minuteEndMs + cluster.lateMs + cluster.graceMs;
  correctLater(world, minuteEndMs);
  clock.at(minuteEndMs + 14_000, () => {
    const node = ownerOfSums(world);
    if (node === undefined) return;
    faults.count('rollup is cut off from the coordinator');
    for (const member of node.members) member.cutOffWholly(finalMs + 80_000 - clock.nowMs);
  });
  clock.at(finalMs + 55_000, () => {
    faults.count('carbon connection drops');
    carbon.dropConnections();
  });
}
