import { decodeCommitMetadata } from '../../rollup/commit-point.js';
import { PartitionMinutes } from '../../rollup/partials/partition-minutes.js';
import { codec, plainCellOf, topics, type PlainCell } from '../../schemas/index.js';
import { cellsOf, countKey, type Counted } from './plain-count.js';
import { isCursed } from './throws.js';
import type { World } from './world.js';

/** How many commits of a run are tried. */
const commitsTried = 2;

/**
 * docs/exactness.md#restart-anywhere: from any commit a reader gets the same minutes ≥ `exactFrom`.
 */
export function restartDifferences(world: World, counted: readonly Counted[][]): string[] {
  const { cluster } = world;
  const differences: string[] = [];
  for (let tried = 0; tried < commitsTried; tried += 1) {
    const partition = world.random.below(cluster.partitions);
    const history = world.partialsGroup.history(partition);
    if (history.length === 0) continue;
    const commit = world.random.pick(history);
    const point = decodeCommitMetadata(commit.metadata);
    if (point === undefined) continue;
    const minutes = new PartitionMinutes(cluster, point);
    for (const record of world.kafka.records(topics.announces, partition).slice(point.offset)) {
      const decoded = codec().decode(record.value);
      const { offset, logAppendTimeMs } = record;
      if (!decoded.ok) minutes.skip(offset);
      else if (decoded.record.type === 'AnnounceBatch') {
        if (isCursed(decoded.record.value)) minutes.skip(offset);
        else minutes.applyBatch(offset, logAppendTimeMs, decoded.record.value);
      } else if (decoded.record.type === 'Mark') {
        minutes.applyMark(offset, logAppendTimeMs, decoded.record.value);
      }
    }
    const plan = minutes.plan();
    const found = plan.minutes.flatMap(({ minute, streams }) =>
      [...streams].flatMap(({ stream, cells }) =>
        cells.map(
          (cell) =>
            [countKey(stream, minute, cell.quality, cell.browser), plainCellOf(cell)] as const,
        ),
      ),
    );
    const isWanted = ({ minute }: Counted): boolean =>
      minute >= point.exactFrom && minute < plan.closedBefore;
    const wanted = cellsOf((counted[partition] ?? []).filter(isWanted));
    if (comparable(found) !== comparable([...wanted])) {
      differences.push(`restart anywhere: ${partition} from ${commit.metadata} differs`);
    }
  }
  return differences;
}

/** Whatever order the cells and their counters were made in. */
function comparable(cells: readonly (readonly [string, PlainCell])[]): string {
  const inOrder = cells.map(([key, cell]) => [key, Object.entries(cell).sort(byFirst)] as const);
  return JSON.stringify(inOrder.sort(byFirst));
}

function byFirst(
  [left]: readonly [string, ...unknown[]],
  [right]: readonly [string, ...unknown[]],
): number {
  return left < right ? -1 : 1;
}
