import { minuteOf, topics } from '../../schemas/index.js';
import type { StageName } from './profiles.js';
import { deleteUnread } from './retention.js';
import { pauseMsMax } from './settings.js';
import {
  correctionWaits,
  formerOwnerConnectsAgain,
  staleCorrection,
  totalsOwners,
} from './staged-corrections.js';
import type { World } from './world.js';
import { fillACell } from './bound-values.js';

const longAbsenceMsMin = 330_000;
const longAbsenceMsMax = 480_000;
const sinksAwayMsMin = 480_000;
const sinksAwayMsMax = 540_000;
const unreadMs = 330_000;
const fillsACell = 0.2;
/** Within this a minute is written that nothing disturbs, with clocks as far apart as they are. */
const inTimeMs = 30_000;
const idleMsMin = 180_000;
const idleMsMax = 420_000;

const stages: Readonly<Record<StageName, (world: World, beginMs: number) => void>> = {
  'all rollups away': (world, beginMs) =>
    during(world, beginMs, longAbsenceMsMin, longAbsenceMsMax, (durationMs) => {
      countBacklog(world, 'all rollups away');
      world.keepRollupsAway(world.clock.nowMs + durationMs);
    }),
  'all of stage 1 away': (world, beginMs) =>
    during(world, beginMs, longAbsenceMsMin, longAbsenceMsMax, (durationMs) => {
      countBacklog(world, 'all of stage 1 away');
      world.partialsGroup.suspend(durationMs);
    }),
  'carbon is killed behind a backlog': (world, beginMs) =>
    strikeCarbonBehindBacklog(world, beginMs, () => killCarbon(world)),
  'carbon is killed behind an idle backlog': killBehindIdleBacklog,
  'host of carbon vanishes behind a backlog': (world, beginMs) =>
    strikeCarbonBehindBacklog(world, beginMs, () => {
      world.faults.count('host of carbon vanishes');
      world.carbon.vanish(world.random.between(500, 10_000));
    }),
  'nobody watches': (world, beginMs) =>
    during(world, beginMs, idleMsMin, idleMsMax, (durationMs) => {
      for (const viewer of world.viewers) viewer.restFrom(world.clock.nowMs, durationMs);
    }),
  'unread records are deleted': (world, beginMs) =>
    during(world, beginMs, longAbsenceMsMin, longAbsenceMsMax, (durationMs) => {
      countBacklog(world, 'all of stage 1 away');
      world.partialsGroup.suspend(durationMs);
      world.clock.after(durationMs - 1_000, () => {
        world.lost = deleteUnread(world);
      });
    }),
  'both sinks away': (world, beginMs) =>
    during(world, beginMs, sinksAwayMsMin, sinksAwayMsMax, (durationMs) => {
      world.faults.count('carbon away');
      world.faults.count('ClickHouse away');
      world.carbon.goAway(durationMs);
      world.clickhouse.goAway(durationMs);
    }),
  'one sink away': (world, beginMs) =>
    during(world, beginMs, sinksAwayMsMin, sinksAwayMsMax, (durationMs) =>
      oneSinkAway(world, durationMs),
    ),
  'a sum leaves its range': (world, beginMs) =>
    world.clock.at(beginMs + world.random.between(60_000, 240_000), () => {
      // It takes as long as many other runs do.
      if (world.random.chance(fillsACell)) fillACell(world, 'arena');
    }),
  'stale write': (world, beginMs) =>
    world.clock.at(beginMs + world.random.between(60_000, 240_000), () => staleWrite(world)),
  'stuck write': (world, beginMs) =>
    world.clock.at(beginMs + world.random.between(60_000, 180_000), () => stuckWrite(world)),
  'stale correction': staleCorrection,
  'correction waits': correctionWaits,
  'former owner connects again': formerOwnerConnectsAgain,
};

export function stage(world: World, name: StageName, beginMs: number): void {
  stages[name](world, beginMs);
}

function during(
  { clock, random }: World,
  beginMs: number,
  msMin: number,
  msMax: number,
  begin: (durationMs: number) => void,
): void {
  clock.at(beginMs + random.between(60_000, 200_000), () => begin(random.between(msMin, msMax)));
}

/** Minutes are final as soon as they are written, and then carbon has them in its memory only. */
function strikeCarbonBehindBacklog(world: World, beginMs: number, strike: () => void): void {
  during(world, beginMs, longAbsenceMsMin, longAbsenceMsMax, (durationMs) => {
    countBacklog(world, 'all of stage 1 away');
    world.partialsGroup.suspend(durationMs);
    world.clock.after(durationMs + world.random.between(6_000, 15_000), strike);
  });
}

/**
 * Nobody watches for so long that nothing is retained. Then stage 1 is away, and when it is back
 * idle minutes are closed and final at once, which carbon has in its memory only.
 */
function killBehindIdleBacklog(world: World, beginMs: number): void {
  const { clock, random, viewers, partialsGroup } = world;
  for (const viewer of viewers) viewer.restFrom(beginMs + 60_000, 500_000);
  clock.at(beginMs + 300_000, () => {
    world.faults.count('all of stage 1 away');
    partialsGroup.suspend(200_000);
    clock.after(200_000 + random.between(6_000, 15_000), () => killCarbon(world));
  });
}

function killCarbon({ carbon, faults, random }: World): void {
  faults.count('carbon killed');
  carbon.kill(random.between(500, 10_000));
}

function countBacklog({ faults }: World, kind: 'all rollups away' | 'all of stage 1 away'): void {
  faults.count(kind);
  faults.count('backlog of over 5 minutes');
}

/** The other sink has every minute in time all along, though more of them wait than may. */
function oneSinkAway(world: World, durationMs: number): void {
  const { clock, random, carbon, clickhouse, cluster } = world;
  const isGraphite = random.chance(0.5);
  if (isGraphite) carbon.goAway(durationMs);
  else clickhouse.goAway(durationMs);
  const first = minuteOf(clock.nowMs, cluster.intervalMs);
  clock.after(durationMs, () => {
    const last = minuteOf(clock.nowMs - inTimeMs, cluster.intervalMs) - 1;
    const announced = new Set(world.made.map(({ time }) => minuteOf(time, cluster.intervalMs)));
    for (let minute = first; minute <= last; minute += 1) {
      if (!announced.has(minute)) continue;
      const delayMs = world.firstWriteMs(isGraphite ? 'clickhouse' : 'graphite', minute);
      if (delayMs <= inTimeMs) continue;
      world.invariants.violate(`each sink on its own: minute ${minute} after ${delayMs} ms`);
    }
  });
}

/**
 * Minutes lack one input partition until it is read again, and then all are final within seconds.
 * Just before that the owner of stage 2 writes them all as they are, for its connection is new, and
 * is paused in that write for almost `takeover_seconds`.
 */
function staleWrite(world: World): void {
  const { clock, cluster, random, kafka, carbon, faults } = world;
  const partition = random.below(cluster.partitions);
  faults.count('fetch of a partition stalls');
  kafka.stallFetch(topics.announces, partition, unreadMs);
  clock.after(unreadMs - random.between(2_000, 18_000), () => {
    const owners = totalsOwners(world);
    if (owners.length === 0) return;
    carbon.pausesAtWrite.set(random.pick(owners).process.name, {
      durationMs: pauseMsMax - random.below(8_000),
    });
    faults.count('carbon connection drops');
    carbon.dropConnections();
  });
}

/**
 * Minutes lack one input partition until it is read again, and then all are final within seconds.
 * Just before that carbon hangs, for longer than anybody waits for it, and all of them are written
 * as they are, for connections are new: that is stuck, and read beside what is written instead.
 */
function stuckWrite(world: World): void {
  const { clock, cluster, random, kafka, carbon, faults } = world;
  faults.count('fetch of a partition stalls');
  kafka.stallFetch(topics.announces, random.below(cluster.partitions), unreadMs);
  clock.after(unreadMs - random.between(2_000, 18_000), () => {
    faults.count('carbon hangs');
    faults.count('carbon connection drops');
    carbon.hang(random.between(60_000, 85_000));
    carbon.dropConnections();
  });
}
