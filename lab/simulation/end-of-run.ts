import { codec, minuteOf, topics } from '../../schemas/index.js';
import {
  carbonDifferences,
  facetDifferences,
  tableDifferences,
  untoldDifferences,
} from './compare.js';
import { announceKey, cellsOf, countedIn, facetsOf, type Counted } from './plain-count.js';
import { lettersOf, rawDifferences } from './raw-rows.js';
import { restartDifferences } from './restarts.js';
import { isCursed } from './throws.js';
import type { World } from './world.js';

/**
 * What is wrong when everything has come to rest; `minutes`: all from the first with an announce to
 * the last.
 */
export async function differencesAtEnd(
  world: World,
  minutes: readonly number[],
): Promise<string[]> {
  const { cluster, kafka, lost } = world;
  const differences: string[] = [];
  if (!world.isDoneWith(minutes.at(-1) ?? 0)) differences.push('does not come to an end');
  const counted: Counted[][] = [];
  for (let partition = 0; partition < cluster.partitions; partition += 1) {
    counted.push(countedIn(kafka.records(topics.announces, partition), cluster));
  }
  const all = counted.flat();
  const isKept = (minute: number): boolean =>
    lost === undefined || minute < lost.from || minute >= lost.before;
  const kept = all.filter(({ minute }) => isKept(minute));
  const count = cellsOf(kept);
  const rows = world.table.rows().filter(({ minute }) => isKept(minute));
  const facets = facetsOf(kept);
  const facetRows = world.table.facetRows().filter(({ minute }) => isKept(minute));
  const points = world.carbon.points((seconds) =>
    isKept(minuteOf(seconds * 1_000, cluster.intervalMs)),
  );
  return [
    ...differences,
    ...onceDifferences(world, all),
    ...tableDifferences(rows, count),
    ...facetDifferences(facetRows, facets),
    ...carbonDifferences(points, count, facets, cluster.intervalMs),
    ...untoldDifferences(points, minutes.filter(isKept), cluster),
    ...deadLetterDifferences(world),
    ...(await rawDifferences(world)),
    ...restartDifferences(world, counted),
  ];
}

/** An acknowledged announce is in the count of its minute, once; any other at most once. */
function onceDifferences({ made, acknowledged, cluster }: World, counted: Counted[]): string[] {
  const differences: string[] = [];
  const minutes = new Map<string, number>();
  for (const { announce, minute } of counted) {
    const key = announceKey(announce);
    if (minutes.has(key)) differences.push(`once: ${key} counts for two minutes`);
    minutes.set(key, minute);
  }
  const madeFor = new Map(
    made.map((announce) => [announceKey(announce), minuteOf(announce.time, cluster.intervalMs)]),
  );
  for (const announce of acknowledged) {
    const key = announceKey(announce);
    if (minutes.get(key) !== madeFor.get(key)) {
      differences.push(`once: ${key} is acknowledged and not in the count of its minute`);
    }
  }
  return differences;
}

/** True: it can be read and applied. */
function isUsable(value: Buffer | null): boolean {
  const decoded = codec().decode(value);
  if (!decoded.ok) return false;
  const { record } = decoded;
  return !(record.type === 'AnnounceBatch' && isCursed(record.value));
}

/** Every record that can't be used, and was not deleted unread, has a dead letter. */
function deadLetterDifferences(world: World): string[] {
  const { kafka, cluster, lost } = world;
  const letters = new Set(
    lettersOf(world, false).map(({ partition, offset }) => `${partition}/${offset}`),
  );
  const differences: string[] = [];
  for (let partition = 0; partition < cluster.partitions; partition += 1) {
    const readFrom = lost === undefined ? 0 : kafka.startOffset(topics.announces, partition);
    for (const { offset, value } of kafka.records(topics.announces, partition).slice(readFrom)) {
      if (isUsable(value) || letters.has(`${partition}/${offset}`)) continue;
      differences.push(`dead letters: none for ${partition}/${offset}`);
    }
  }
  return differences;
}
