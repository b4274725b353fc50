import type { RingState } from '../../registry/index.js';
import { plainTable } from '../plain-table.js';
import type { MemberRow } from './member-rows.js';

/** The nodes of a ring as a table for people. */
export function memberTable(rows: readonly MemberRow[], ring: 'vbt' | 'vba'): string {
  const isOfTrackers = ring === 'vbt';
  const table = plainTable([
    'node',
    'role',
    'membership',
    'state',
    ...(isOfTrackers ? ['viewers', 'load'] : ['reads', 'now', 'after', 'lag']),
    'version',
    'seen s ago',
  ]);
  for (const { node, role, standing, state, viewers, load, version, ...row } of rows) {
    const ends = [version, row.seenSecondsAgo ?? 'never'];
    const begins = [node, role, standing, state];
    if (isOfTrackers) {
      table.push([...begins, viewers, `${Math.round(load * 100)} %`, ...ends]);
      continue;
    }
    const shares = row.shares.map(({ group, now, after, lag, partitions }) => [
      group,
      `${now} of ${partitions}`,
      `${after} of ${partitions}`,
      lag,
    ]);
    for (const [index, share] of (shares.length > 0 ? shares : [['', '', '', '']]).entries()) {
      table.push(index === 0 ? [...begins, ...share, ...ends] : ['', '', '', '', ...share, '', '']);
    }
  }
  return table.toString();
}

/** What is staged, a line for each change. */
export function stagedLines({ staged }: RingState): readonly string[] {
  return staged.map((one) =>
    one.change === 'replace'
      ? `replace ${one.node} by ${one.replacement}`
      : `${one.change} ${one.node}`,
  );
}
