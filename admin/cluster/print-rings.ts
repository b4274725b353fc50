import { plainTable } from '../plain-table.js';
import type { MemberRow } from './member-rows.js';
import { isStaged, type RingView } from './ring-report.js';

/** The nodes of a ring as a table for people. */
export function memberTable(rows: readonly MemberRow[], view: RingView): string {
  const isOfTrackers = view.ring === 'vbt';
  const afterIfStaged = (after: string): string[] => (isStaged(view) ? [after] : []);
  const table = plainTable([
    'node',
    'role',
    'membership',
    'state',
    ...(isOfTrackers ? ['viewers', 'load'] : ['reads', 'now', ...afterIfStaged('after'), 'lag']),
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
      ...afterIfStaged(`${after} of ${partitions}`),
      lag,
    ]);
    const none = ['', '', ...afterIfStaged(''), ''];
    for (const [index, share] of (shares.length > 0 ? shares : [none]).entries()) {
      table.push(index === 0 ? [...begins, ...share, ...ends] : ['', '', '', '', ...share, '', '']);
    }
  }
  return table.toString();
}

/** What is staged, a line for each change, and whether anybody will go by it. */
export function stagedLines(view: RingView): readonly string[] {
  const { staged } = view.state;
  const lines = staged.map((one) =>
    one.change === 'replace'
      ? `replace ${one.node} by ${one.replacement}`
      : `${one.change} ${one.node}`,
  );
  if (lines.length === 0 || isStaged(view)) return lines;
  return [...lines, 'no node goes by it: cluster_membership is automatic'];
}
