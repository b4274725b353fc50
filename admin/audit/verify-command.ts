import { Command } from 'commander';
import { print, say } from '../with-kafka.js';
import { Differences } from './differences.js';
import { examine } from './examine.js';
import { withAudit, type OpenedAudit } from './open-audit.js';
import { withAuditOptions, type AuditCommandOptions } from './options.js';
import { differenceJson, differencesText, spanText } from './report.js';
import { Totals } from './totals.js';

/** Something differs. */
const differsExitCode = 1;

/** `vba-admin verify`. Ends with 0 when all is equal, 1 when anything differs. */
export function verifyCommand(setExitCode: (code: number) => void): Command {
  return withAuditOptions(new Command('verify'))
    .description(
      'compare the raw announces’ count with stream_minutes and Graphite, counter by counter',
    )
    .action(async (options: AuditCommandOptions) => {
      const count = await withAudit(options, { dropped: false, verb: 'compare' }, (audit) =>
        verify(options, audit),
      );
      if (count > 0) setExitCode(differsExitCode);
    });
}

/** Returns how much differs, or can't be read. */
async function verify(options: AuditCommandOptions, audit: OpenedAudit): Promise<number> {
  const { chosen, sources, times } = audit;
  const { intervalMs } = times;
  const startedAtMs = performance.now();
  const differences = new Differences(options.limit);
  const totals = new Totals(false);
  for await (const finding of examine(sources, {
    span: chosen.span,
    streams: options.stream,
    graphitePrefix: audit.graphitePrefix,
    partialPartitions: audit.partialPartitions,
    intervalMs,
  })) {
    totals.add(finding);
    for (const cell of finding.wrongCells) cell.differences.forEach((one) => differences.add(one));
    for (const point of finding.wrongPoints) differences.add(point);
  }
  const durationMs = Math.round(performance.now() - startedAtMs);
  const wrong = differences.count + totals.unreadable.length;
  const notes = [...chosen.notes, ...totals.notes(intervalMs)];
  if (options.json) {
    print(
      JSON.stringify({
        isEqual: wrong === 0,
        ...chosen.span,
        intervalMs,
        ...totals.json(options.limit),
        durationMs,
        notes,
        differenceCount: differences.count,
        differences: differences.kept.map((one) => differenceJson(one, intervalMs)),
      }),
    );
    return wrong;
  }
  for (const note of notes) say(`note: ${note}`);
  if (differences.count > 0)
    print(differencesText(differences.kept, differences.count, intervalMs));
  const verdict = wrong === 0 ? 'equal' : `${wrong} difference${wrong === 1 ? '' : 's'}`;
  print(
    `${verdict}: ${spanText(chosen.span, intervalMs)}; ${totals.text()} in ${durationMs / 1_000} s`,
  );
  return wrong;
}
