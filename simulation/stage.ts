import { topics } from '../schemas/index.js';
import type { Profile } from './profiles.js';
import { cluster, pauseMsMax } from './settings.js';
import type { World } from './world.js';

const longAbsenceMsLeast = 330_000;
const longAbsenceMsMost = 480_000;
const unreadMs = 330_000;

/** What a profile stages on purpose. */
export function stage(world: World, profile: Profile, beginMs: number): void {
  const { clock, random } = world;
  if (profile.longAbsence !== undefined) {
    const { longAbsence } = profile;
    clock.at(beginMs + random.between(60_000, 200_000), () => {
      absence(world, longAbsence, random.between(longAbsenceMsLeast, longAbsenceMsMost));
    });
  }
  if (profile.stagesStaleWrite === true) {
    clock.at(beginMs + random.between(60_000, 240_000), () => stageStaleWrite(world));
  }
}

function absence(
  world: World,
  kind: 'all rollups away' | 'all of stage 1 away',
  durationMs: number,
): void {
  const { clock, faults } = world;
  faults.count(kind);
  faults.count('backlog of over 5 minutes');
  if (kind === 'all rollups away') world.keepRollupsAway(clock.nowMs + durationMs);
  else world.partialsGroup.suspend(durationMs);
}

/**
 * Minutes lack one input partition until it is read again, and then all are final within seconds. Just
 * before that the owner of stage 2 writes them all as they are, for its connection is new, and is paused in
 * that write for almost `takeover_seconds`.
 */
function stageStaleWrite(world: World): void {
  const { clock, random, kafka, carbon, faults } = world;
  const partition = random.below(cluster.partitions);
  faults.count('fetch of a partition stalls');
  kafka.stallFetch(topics.announces, partition, unreadMs);
  clock.after(unreadMs - random.between(2_000, 18_000), () => {
    const owners = world.rollups.filter((node) => node.totalsMember.owned().length > 0);
    if (owners.length === 0) return;
    carbon.pausesAtWrite.set(random.pick(owners).process.name, pauseMsMax - random.below(8_000));
    faults.count('carbon connection drops');
    carbon.dropConnections();
  });
}
