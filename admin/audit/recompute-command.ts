import { Command, InvalidArgumentError, Option } from 'commander';
import { insertStreamMinutes } from '../../clickhouse/index.js';
import { print, say } from '../with-kafka.js';
import { writeToCarbon } from '../../graphite/index.js';
import { Differences } from './differences.js';
import { examine } from './examine.js';
import { withAudit, type OpenedAudit } from './open-audit.js';
import { withAuditOptions, type AuditCommandOptions } from './options.js';
import { repairsOf, type Repair } from './repairs.js';
import { differenceJson, differencesText, spanText } from './report.js';
import { Totals } from './totals.js';

/** Something was left as it is: it would get smaller, or Graphite can't read it. */
const leftExitCode = 1;

interface CarbonAddress {
  readonly host: string;
  readonly port: number;
}

interface RecomputeOptions extends AuditCommandOptions {
  readonly graphite: CarbonAddress;
  readonly force: boolean;
  readonly dryRun: boolean;
}

function carbonAddress(text: string): CarbonAddress {
  const [, host, port] = /^([^\s:,]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError('It must be host:port.');
  }
  return { host, port: Number(port) };
}

/** `vba-admin recompute`. Ends with 0 when all is right now, 1 when something was left. */
export function recomputeCommand(setExitCode: (code: number) => void): Command {
  return withAuditOptions(new Command('recompute'))
    .description(
      'write what verify finds wrong again, from the raw announces, in minutes that the rollup has dropped',
    )
    .addOption(
      new Option('--graphite <host:port>', 'where carbon takes lines')
        .default({ host: '127.0.0.1', port: 2003 }, '127.0.0.1:2003')
        .argParser(carbonAddress),
    )
    .option('--force', 'also where something gets smaller', false)
    .option('--dry-run', 'only say what would be written', false)
    .action(async (options: RecomputeOptions) => {
      const left = await withAudit(options, { dropped: true, verb: 'recompute' }, (audit) =>
        recompute(options, audit),
      );
      if (left > 0) setExitCode(leftExitCode);
    });
}

interface Written {
  minutes: number;
  rows: number;
  points: number;
}

/** Returns how many streams' minutes, and metrics that can't be read, were left as they are. */
async function recompute(options: RecomputeOptions, audit: OpenedAudit): Promise<number> {
  const { chosen, sources, times } = audit;
  const { intervalMs } = times;
  const startedAtMs = performance.now();
  const smaller = new Differences(options.limit);
  const totals = new Totals();
  const written: Written = { minutes: 0, rows: 0, points: 0 };
  let left = 0;
  for await (const finding of examine(sources, {
    span: chosen.span,
    streams: options.stream,
    graphitePrefix: options.graphitePrefix,
    partialPartitions: audit.partialPartitions,
    intervalMs,
  })) {
    totals.add(finding);
    const repairs = repairsOf(finding, intervalMs);
    for (const one of repairs.flatMap((repair) => repair.smaller)) smaller.add(one);
    const wanted = repairs.filter((repair) => options.force || repair.smaller.length === 0);
    left += repairs.length - wanted.length;
    if (!options.dryRun) await write(wanted, options, audit);
    written.minutes += wanted.length;
    written.rows += wanted.reduce((sum, { rows }) => sum + rows.length, 0);
    written.points += wanted.reduce((sum, { points }) => sum + points.length, 0);
  }
  const durationMs = Math.round(performance.now() - startedAtMs);
  const notes = [...chosen.notes, ...totals.notes(intervalMs)];
  if (options.json) {
    print(
      JSON.stringify({
        ...chosen.span,
        intervalMs,
        isDryRun: options.dryRun,
        ...totals.json(),
        written,
        leftMinutes: left,
        smallerCount: smaller.count,
        smaller: smaller.kept.map((one) => differenceJson(one, intervalMs)),
        durationMs,
        notes,
      }),
    );
    return left + totals.unreadable.length;
  }
  for (const note of notes) say(`note: ${note}`);
  if (smaller.count > 0) {
    print(options.force ? 'these got smaller:' : 'these would get smaller:');
    print(differencesText(smaller.kept, smaller.count, intervalMs));
  }
  if (left > 0) print(`left as they are: ${left} minutes of a stream; --force writes them too`);
  print(
    `${options.dryRun ? 'would write' : 'wrote'} ${written.rows} rows and ${written.points} points of ` +
      `${written.minutes} minutes: ${spanText(chosen.span, intervalMs)}; ${totals.text()} in ${durationMs / 1_000} s`,
  );
  return left + totals.unreadable.length;
}

async function write(
  repairs: readonly Repair[],
  options: RecomputeOptions,
  { clickhouse }: OpenedAudit,
): Promise<void> {
  await insertStreamMinutes(
    clickhouse,
    repairs.flatMap(({ rows }) => rows),
  );
  await writeToCarbon(
    options.graphite,
    repairs.flatMap(({ points }) => points),
  );
}
