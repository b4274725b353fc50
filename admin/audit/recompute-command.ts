import { Command, InvalidArgumentError, Option } from 'commander';
import { insertFullRows } from '../../clickhouse/index.js';
import { print, say } from '../with-kafka.js';
import { writeToCarbon, type CarbonPoint } from '../../graphite/index.js';
import { timeOfMinute } from './asked-time.js';
import { Differences } from './differences.js';
import { examine } from './examine.js';
import { FileMending } from './file-mending.js';
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
  readonly whisper?: string;
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
    .option(
      '--whisper <folder>',
      "on Graphite's host: where its files are; those that can't be read are mended first",
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

/** What a run has found and done. */
interface Outcome {
  readonly written: Written;
  readonly totals: Totals;
  readonly smaller: Differences;
  readonly mending: FileMending;
  /** Streams' minutes that were left as they are. */
  readonly left: number;
  readonly durationMs: number;
}

/** Returns how many streams' minutes and metrics are not right now. */
async function recompute(options: RecomputeOptions, audit: OpenedAudit): Promise<number> {
  const { intervalMs } = audit.times;
  const startedAtMs = performance.now();
  const mending = await FileMending.begin({
    ...options,
    graphitePrefix: audit.graphitePrefix,
  });
  const smaller = new Differences(options.limit);
  const totals = new Totals(mending.isDone);
  const written: Written = { minutes: 0, rows: 0, points: 0 };
  let left = 0;
  for await (const finding of examine(audit.sources, {
    span: audit.chosen.span,
    streams: options.stream,
    graphitePrefix: audit.graphitePrefix,
    partialPartitions: audit.partialPartitions,
    intervalMs,
  })) {
    totals.add(finding);
    const repairs = repairsOf(finding, intervalMs);
    for (const one of repairs.flatMap((repair) => repair.smaller)) smaller.add(one);
    const wanted = repairs.filter((repair) => options.force || repair.smaller.length === 0);
    left += repairs.length - wanted.length;
    const points = wanted.flatMap((repair) => repair.points);
    if (!options.dryRun) {
      await write(wanted, points, options, audit);
      mending.sent(points);
    }
    written.minutes += wanted.length;
    written.rows += wanted.reduce((sum, { rows }) => sum + rows.length, 0);
    written.points += points.length;
  }
  const missing = await mending.untilMade();
  const durationMs = Math.round(performance.now() - startedAtMs);
  tell(options, audit, { written, totals, smaller, mending, left, durationMs });
  return left + totals.unreadable.length + missing;
}

function tell(
  options: RecomputeOptions,
  { chosen, times: { intervalMs } }: OpenedAudit,
  { written, totals, smaller, mending, left, durationMs }: Outcome,
): void {
  const later = `--from ${timeOfMinute(chosen.span.to + 1, intervalMs)} once that is final`;
  const notes = [...chosen.notes, ...mending.notes(later), ...totals.notes(intervalMs)];
  if (options.json) {
    print(
      JSON.stringify({
        ...chosen.span,
        intervalMs,
        isDryRun: options.dryRun,
        ...totals.json(options.limit),
        files: mending.json(options.limit),
        written,
        leftMinutes: left,
        smallerCount: smaller.count,
        smaller: smaller.kept.map((one) => differenceJson(one, intervalMs)),
        durationMs,
        notes,
      }),
    );
    return;
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
}

async function write(
  repairs: readonly Repair[],
  points: readonly CarbonPoint[],
  options: RecomputeOptions,
  { clickhouse }: OpenedAudit,
): Promise<void> {
  await insertFullRows(
    clickhouse,
    repairs.flatMap(({ rows }) => rows),
  );
  await writeToCarbon(options.graphite, points);
}
