import { clickHouseCounts, graphiteHasMinute } from '../oracle/index.js';
import { AppError } from '../../service/errors.js';
import type { SinkName } from '../../schemas/index.js';
import { awayMs, inTimeMs, intervalMs } from './settings.js';
import { strike } from './strikes.js';
import type { FaultSystem } from './system.js';

const pollMs = 200;

/** True: the sink has something of each of the streams in the minute. */
type HasMinute = (minute: number) => Promise<boolean>;

/**
 * Strikes one sink for so long; meanwhile every minute of the viewers' streams has to come to the
 * other one in time, each and all along. Resolves with what was seen; rejects (`too_late`) where a
 * minute was late.
 */
export async function otherSinkGoesOn(
  sink: SinkName,
  streams: readonly string[],
  system: FaultSystem,
  durationMs: number,
  strikeIt: () => Promise<void>,
): Promise<string> {
  const { stack } = system;
  const other = sink === 'graphite' ? 'clickhouse' : 'graphite';
  const streamsIn = clickHouseCounts(stack, streams, 'uniqExact(stream)');
  const hasMinute: HasMinute =
    sink === 'graphite'
      ? async (minute) => (await streamsIn(minute)) === streams.length
      : graphiteHasMinute(stack, streams, intervalMs);
  const watching = watchMinutes(hasMinute, Date.now() + durationMs, system);
  const [delaysMs] = await Promise.all([watching, strikeIt()]);
  const latestMs = Math.max(...delaysMs);
  const seen = `${delaysMs.length} minutes in ${other} meanwhile, the latest ${(latestMs / 1_000).toFixed(1)} s after its end`;
  if (latestMs > inTimeMs) throw new AppError('too_late', seen);
  return seen;
}

/** One sink is killed and stays away for longer than minutes may wait for a sink. */
export async function sinkAwayLong(
  sink: SinkName,
  streams: readonly string[],
  system: FaultSystem,
): Promise<readonly string[]> {
  const { graphite, clickhouse } = system.stack;
  const target = sink === 'graphite' ? graphite.carbon : clickhouse.process;
  const strikeIt = () => strike([target], 'kill', system, awayMs.long);
  return [await otherSinkGoesOn(sink, streams, system, awayMs.long, strikeIt)];
}

/** How long after its end each minute was there, for all that end before `untilMs`. */
async function watchMinutes(
  hasMinute: HasMinute,
  untilMs: number,
  { wait, say }: FaultSystem,
): Promise<readonly number[]> {
  const delaysMs: number[] = [];
  // The minute of the strike is judged as all faults' are.
  for (let minute = Math.floor(Date.now() / intervalMs) + 1; ; minute += 1) {
    const endMs = (minute + 1) * intervalMs;
    if (endMs + inTimeMs > untilMs) return delaysMs;
    await wait(Math.max(0, endMs - Date.now()));
    // Who is looking may be late itself, under load: it looks once more before it judges.
    while (!(await hasMinute(minute).catch(() => false)) && Date.now() < untilMs)
      await wait(pollMs);
    const delayMs = Date.now() - endMs;
    delaysMs.push(delayMs);
    if (delayMs > inTimeMs) say(`minute ${minute} came ${delayMs} ms after its end`);
  }
}
