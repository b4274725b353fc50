import { devices, players, systems } from '../../schemas/index.js';
import type { Attack } from './attack.js';
import { namingValue, silentMetrics } from './naming.js';
import type { Siege } from './siege.js';
import { countsText } from './tally.js';

/** What has to hold, what was measured, and whether it does. */
export interface Check {
  readonly what: string;
  readonly measured: string;
  readonly wanted: string;
  /** True: as it has to be. */
  readonly holds: boolean;
}

export interface Bounds {
  /** From a minute's end until it is in both sinks. */
  readonly delayMsMax: number;
  /** Resident memory in the last third, of that in the first. */
  readonly memoryGrowthMax: number;
  readonly memoryGrowthBytesMax: number;
  readonly logTimeLagSecondsMax: number;
  /** The share of the ordinary viewers’ announces that may come too late to be taken. */
  readonly lateShareMax: number;
  /** How long 99 of 100 newcomers may wait for their welcome. */
  readonly welcomeMsMax: number;
}

/** Everything that is held against a run. */
export function checksOf(
  siege: Siege,
  attacks: readonly Attack[],
  bounds: Bounds,
): readonly Check[] {
  return [
    ...figures(siege, bounds),
    ...ordinaryViewers(siege, bounds),
    newcomers(siege, bounds),
    torrentViewers(siege),
    ...hostileStream(siege),
    ...services(siege, bounds),
    ...attacks.flatMap((attack) => named(siege, attack)),
  ];
}

function check(what: string, measured: string, wanted: string, holds: boolean): Check {
  return { what, measured, wanted, holds };
}

function figures(
  { comparison, verified, lastMinute, delays }: Siege,
  { delayMsMax }: Bounds,
): Check[] {
  const all = [...delays.values()];
  const missing = all.filter((delay) => delay === null).length;
  const slowestMs = Math.max(0, ...all.map((delay) => delay ?? 0));
  const { differences, values, cells } = comparison;
  const minutes = new Set(cells.map(({ minute }) => minute)).size;
  return [
    check(
      'minutes of the other streams, compared with their viewers’ ledger',
      `${minutes} minutes, ${values} values, ${differences.count} differences`,
      '0 differences',
      differences.count === 0 && minutes > 0,
    ),
    check(
      'vba-admin verify over all of it, the hostile stream too',
      verified === undefined
        ? 'nothing could be compared'
        : `${verified.cells} cells, ${verified.points} points, ${verified.differenceCount} differences; ${Math.max(0, lastMinute - verified.to)} minutes were not final`,
      'all of it, equal',
      verified?.isEqual === true && verified.cells > 0 && verified.to >= lastMinute,
    ),
    check(
      'from a minute’s end until both sinks had it',
      `${all.length} minutes, ${(slowestMs / 1_000).toFixed(1)} s at most, ${missing} missing`,
      `${delayMsMax / 1_000} s at most`,
      missing === 0 && all.length > 0 && slowestMs <= delayMsMax,
    ),
  ];
}

function ordinaryViewers({ ordinary, victims }: Siege, { lateShareMax }: Bounds): Check[] {
  return [
    ['ordinary viewers of other streams', ordinary] as const,
    ['ordinary viewers of the hostile stream', victims] as const,
  ].map(([what, { sent, acknowledged, refused, refusedAsLate, unknown }]) =>
    check(
      what,
      `${sent} announces: ${acknowledged} acknowledged, ${refused} refused (${refusedAsLate} as late), ${unknown} unanswered`,
      lateShareMax === 0
        ? 'all acknowledged'
        : `all acknowledged, but for ${100 * lateShareMax} % as late`,
      sent > 0 && acknowledged + refusedAsLate === sent && refusedAsLate <= lateShareMax * sent,
    ),
  );
}

function newcomers({ welcomesMs }: Siege, { welcomeMsMax }: Bounds): Check {
  const refused = welcomesMs.filter((welcome) => typeof welcome === 'string');
  const ordered = welcomesMs
    .filter((welcome) => typeof welcome === 'number')
    .toSorted((a, b) => a - b);
  const why = refused.length === 0 ? '' : ` (${[...new Set(refused)].join('; ')})`;
  const mostMs = Math.round(ordered[Math.ceil(0.99 * ordered.length) - 1] ?? 0);
  const slowestMs = Math.round(ordered.at(-1) ?? 0);
  return check(
    'somebody who comes while they attack is let in',
    `${welcomesMs.length} came, ${refused.length} were not let in${why}; 99 % within ${mostMs} ms, all within ${slowestMs}`,
    `all, 99 % within ${welcomeMsMax} ms`,
    welcomesMs.length > 0 && refused.length === 0 && mostMs <= welcomeMsMax,
  );
}

function torrentViewers({ torrents: { met, closed } }: Siege): Check {
  const half = Math.ceil((met.length - 1) / 2);
  return check(
    'ordinary WebTorrent viewers of the hostile stream, whose peer_ids others have too',
    `${met.length} viewers got answers of ${met.join(', ')} others; ${closed} were closed`,
    `each of ${half} at least, none closed`,
    met.length > 1 && met.every((others) => others >= half) && closed === 0,
  );
}

function hostileStream({ sums }: Siege): Check[] {
  const share = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const of = (what: string, value: number): Check =>
    check(`hostile stream: ${what}`, share(value), '100 % at most', value <= 1 && value > 0);
  const gigabytes = (sums.minuteBytesMax / 1e9).toFixed(1);
  return [
    of(
      `bytes of a minute, of what its sessions can be believed to have fetched ` +
        `(the most: ${gigabytes} GB of ${sums.minuteSessions} sessions; ${sums.sessions} in all)`,
      sums.minuteShareMax,
    ),
    of('a session’s bytes, of what its time allows', sums.sessionBytesShareMax),
    of('a session’s time played and stalled', sums.sessionPlayedShareMax),
    of('a session’s announces', sums.sessionAnnouncesShareMax),
    check(
      'hostile stream: different values of its facets',
      String(sums.facetValues),
      `from 1 to ${facetValuesMax}, as many as there are words`,
      sums.facetValues > 0 && sums.facetValues <= facetValuesMax,
    ),
  ];
}

/** With `untold` of each facet. */
const facetValuesMax = devices.length + systems.length + players.length + 3;

const megabyte = 2 ** 20;

function services({ watched }: Siege, bounds: Bounds): Check[] {
  const { logTimeLagSecondsMax, brokenMax, unanswered, readings } = watched;
  const growthPercent = Math.round((bounds.memoryGrowthMax - 1) * 100);
  const memory = [...watched.memory].map(([name, bytes]) => {
    const third = Math.ceil(bytes.length / 3);
    const then = Math.max(...bytes.slice(0, third));
    // Garbage is none that stays, and a heap under load grows and shrinks in its own time.
    const now = Math.min(...bytes.slice(-third));
    const allowed = then * bounds.memoryGrowthMax + bounds.memoryGrowthBytesMax;
    return check(
      `memory of ${name}`,
      `${Math.round(then / megabyte)} MiB in the first third at most, ${Math.round(now / megabyte)} in the last at least`,
      `${growthPercent} % and ${bounds.memoryGrowthBytesMax / megabyte} MiB more at most`,
      now <= allowed,
    );
  });
  return [
    ...memory,
    check(
      'time in the slowest partition of announces, behind the clock',
      `${logTimeLagSecondsMax.toFixed(1)} s at most in ${readings} readings`,
      `${bounds.logTimeLagSecondsMax} s at most`,
      logTimeLagSecondsMax <= bounds.logTimeLagSecondsMax,
    ),
    check('partitions that stood, records set aside', String(brokenMax), '0', brokenMax === 0),
    check(
      'readings that a service did not answer',
      unanswered.length === 0 ? '0' : unanswered.join(', '),
      '0',
      unanswered.length === 0,
    ),
  ];
}

function named({ trackers, attackers }: Siege, attack: Attack): Check[] {
  const { name, what, namedBy } = attack;
  const counts = attackers.counts[name] ?? {};
  const metrics = namedBy.map((metric) => `${metric} ${namingValue(trackers, metric)}`);
  return [
    check(
      `${name}: ${what}`,
      [countsText(counts), ...metrics].join('; '),
      'done, and named by its metrics',
      Object.keys(counts).length > 0 && silentMetrics(trackers, attack).length === 0,
    ),
  ];
}

/** A Markdown table. */
export function checksTable(checks: readonly Check[]): string {
  const rows = checks.map(
    ({ what, measured, wanted, holds }) =>
      `| ${what} | ${measured} | ${wanted} | ${holds ? 'yes' : '**no**'} |`,
  );
  return ['| what | measured | wanted | holds |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
