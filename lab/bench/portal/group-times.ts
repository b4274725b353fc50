import { growth, metricSum, readMetrics, type Series } from '../../stack/index.js';
import { allRead, ask, folderOf, forgetFiles, type Bench } from './bench.js';
import type { Timed } from './timing.js';

export const group = 'bench';
/** What the list's page asks for of a group. */
const overview =
  'viewers,viewersAverage,cdnBytes,peerBytes,stalledMs,stallRatio,startupP50Ms,playedBitrateMs,bitrateKbps,viewsBegun,viewsPlayed,startsFailed,cdnByReason';
const renders = 'viblast_portal_graphite_render_seconds_count';
const minuteMs = 60_000;
const rounds = 5;

/** What is summed up above the list over some hours, up to so many minutes ago. */
async function askGroup(bench: Bench, hours: number, minutesAgo: number): Promise<number> {
  const untilMs = (Math.floor(Date.now() / minuteMs) - minutesAgo) * minuteMs;
  const span = `from=${untilMs - hours * 60 * minuteMs}&until=${untilMs}`;
  const path = `/api/v1/groups/${group}/metrics?${span}&series=${overview}`;
  const { ms, text } = await ask(bench, path);
  const { series } = JSON.parse(text) as { series: { viewers: (number | null)[] } };
  if (series.viewers[0] === null) throw new Error(`${path}: the first minute is not known`);
  return ms;
}

/** What a group has together, once cold and then as from minute to minute. */
export async function measureGroup(bench: Bench): Promise<Timed[]> {
  const timed: Timed[] = [];
  const requestsSince = async (before: Series): Promise<number> =>
    metricSum(growth(before, await readMetrics(bench.portal)), renders);
  for (const [name, hours] of [
    ['an hour', 1],
    ['a day', 24],
  ] as const) {
    bench.say(`reading a group over ${name}`);
    await bench.portal.stop();
    await bench.portal.start();
    await allRead(bench);
    await forgetFiles(...bench.made.grouped.map((key) => folderOf(bench, key)));
    const start = await readMetrics(bench.portal);
    const cold = [await askGroup(bench, hours, rounds + 1)];
    const ofCold = await requestsSince(start);
    const between = await readMetrics(bench.portal);
    const warm: number[] = [];
    for (let left = rounds; left > 0; left -= 1) {
      warm.push(await askGroup(bench, hours, left));
    }
    const ofWarm = Math.ceil((await requestsSince(between)) / rounds);
    timed.push(
      { what: `group over ${name}, cold, ${ofCold} requests to Graphite`, times: cold },
      { what: `group over ${name}, warm, ${ofWarm} requests to Graphite each`, times: warm },
    );
  }
  return timed;
}
