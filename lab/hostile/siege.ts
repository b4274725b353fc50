import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  compareUntilEqual,
  graphitePrefix,
  LedgerTail,
  MinuteProbe,
  readLedgerFiles,
  type Comparison,
} from '../oracle/index.js';
import { clusterDefaults, compiledTree, growth, type Series } from '../stack/index.js';
import {
  viewersProcess,
  type Ledger,
  type LedgerTotals,
  type ViewersProcess,
} from '../viewers/index.js';
import type { Attack } from './attack.js';
import { attackersProcess, type AttackersStatus } from './attackers-process.js';
import { readHostileSums, type HostileSums } from './hostile-sums.js';
import { silentMetrics } from './naming.js';
import { letNewcomersIn, type Welcomed } from './newcomers.js';
import { registerStreams, type Place, type SiegeStreams } from './place.js';
import { TorrentViewers, type TorrentMeetings } from './torrent-viewers.js';
import { verifySpan, type Verified } from './verify.js';
import { trackerSeries, watchServices, type Watched } from './watch.js';

export interface SiegeOptions {
  readonly streams: SiegeStreams;
  readonly attacks: readonly Attack[];
  /** How long the attacks last at least: until metrics name each of them. */
  readonly durationMs: number;
  /** Ordinary viewers of the streams that nobody attacks. */
  readonly viewers: number;
  /** Ordinary viewers of the stream that is attacked. */
  readonly victims: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** When each minute was in both sinks, from its end on; null: not while it was looked for. */
export type Delays = ReadonlyMap<number, number | null>;

export interface SiegedTotals extends LedgerTotals {
  /** Of those refused: what was late, by the viewers' own clock. */
  readonly refusedAsLate: number;
}

/** All that was seen. */
export interface Siege {
  readonly attackers: AttackersStatus;
  readonly delays: Delays;
  readonly ordinary: SiegedTotals;
  readonly victims: SiegedTotals;
  readonly comparison: Comparison;
  readonly verified: Verified | undefined;
  /** The last whole minute while they attacked. */
  readonly lastMinute: number;
  readonly sums: HostileSums;
  readonly watched: Watched;
  /** Of each newcomer. */
  readonly welcomesMs: readonly Welcomed[];
  readonly torrents: TorrentMeetings;
  /** By how much each series of the trackers has grown, those of all added up. */
  readonly trackers: Series;
}

const joinMsMax = 60_000;
/** By how much longer attackers who get little of the machine may take until they are named. */
const namingMsMax = 90_000;
const namingPollMs = 1_000;
const pollMs = 100;
/** A minute that isn't there by then is missing. */
const writtenMsMax = 60_000;
const settleMsMax = 90_000;
const announceIntervalSeconds = 2;
/** Longer than any run: nobody leaves, so every announce has an answer. */
const sessionSeconds = 86_400;

/** Attacks one stream beside ordinary viewers of it and of others, and measures both. */
export async function besiege(place: Place, options: SiegeOptions): Promise<Siege> {
  const { streams, say, signal } = options;
  const { intervalMs } = place.times;
  await registerStreams(place, streams);
  const ordinary = startViewers(place, options.viewers, streams.ordinary, 'ordinary');
  const victims = startViewers(place, options.victims, [streams.hostile], 'victims');
  try {
    say(`${options.viewers} ordinary viewers come, and ${options.victims} to the stream attacked`);
    await untilJoined(ordinary, options.viewers, signal);
    await untilJoined(victims, options.victims, signal);
    const before = await trackerSeries(place);
    const first = Math.floor(Date.now() / intervalMs) + 1;
    const attacked = await attack(place, options, ordinary, before);
    const trackers = growth(before, await trackerSeries(place));
    const last = Math.floor(Date.now() / intervalMs) - 1;
    say('the ordinary viewers stop and wait for their last answers');
    await Promise.all([ordinary.stop(), victims.stop()]);
    say('comparing what they wrote down with ClickHouse and Graphite');
    const ledger = await readLedgerFiles([ordinary.ledgerFile]);
    const comparison = await compareUntilEqual(
      {
        ledger,
        renditions: new Map(),
        intervalMs,
        clickHouse: place.clickhouse,
        graphiteUrl: place.graphite.render,
        graphitePrefix,
        withTotal: false,
        partialPartitions: clusterDefaults.partialPartitions,
      },
      settleMsMax,
      signal,
    );
    say('waiting until all minutes are final, for vba-admin verify');
    const counted = [...streams.ordinary, streams.hostile];
    const deadlineMs = Date.now() + finalMs(place) + settleMsMax;
    const verified = await verifySpan(
      place,
      counted,
      { from: first, to: last },
      deadlineMs,
      signal,
    );
    return {
      ...attacked,
      trackers,
      comparison,
      verified,
      lastMinute: last,
      ordinary: totalsOf(ledger, place),
      victims: totalsOf(await readLedgerFiles([victims.ledgerFile]), place),
      sums: await readHostileSums(place, streams.hostile, attacked.attackers.told),
    };
  } finally {
    for (const viewers of [ordinary, victims]) viewers.kill();
    await Promise.all([ordinary.exited, victims.exited]);
  }
}

function totalsOf(ledger: Ledger, { times }: Place): SiegedTotals {
  return { ...ledger.totals(), refusedAsLate: ledger.rightlyLate(times) };
}

/** When the last minute before now has been written a last time. */
function finalMs({ times }: Place): number {
  return times.lateMs + times.graceMs + times.takeoverMs + 3 * times.intervalMs;
}

function startViewers(
  place: Place,
  viewers: number,
  streams: readonly string[],
  name: string,
): ViewersProcess {
  return viewersProcess({
    ws: place.ws,
    viewers,
    streams: streams.map((key) => ({ key, renditions: [] })),
    seed: 11,
    ledgerFile: join(place.folder, `${name}-${Date.now()}.jsonl`),
    announceIntervalSeconds,
    sessionSeconds,
    rampSeconds: 2,
    drainSeconds: 30,
    distFolder: compiledTree(),
  });
}

async function untilJoined(
  viewers: ViewersProcess,
  wanted: number,
  signal: AbortSignal,
): Promise<void> {
  const endMs = Date.now() + joinMsMax;
  while ((viewers.status()?.connected ?? 0) < 0.9 * wanted) {
    if (Date.now() > endMs) throw new Error('the ordinary viewers did not get in');
    await wait(pollMs, undefined, { signal });
  }
}

async function attack(
  place: Place,
  { streams, attacks, durationMs, victims, say, signal }: SiegeOptions,
  ordinary: ViewersProcess,
  before: Series,
): Promise<Pick<Siege, 'attackers' | 'delays' | 'watched' | 'welcomesMs' | 'torrents'>> {
  const torrents = await TorrentViewers.come(place, streams.hostile);
  const attackers = attackersProcess({
    urls: place.hostileWs,
    stream: streams.hostile,
    lockedStream: streams.locked,
    partition: 0,
    partitions: place.partitions,
    attacks: attacks.map(({ name }) => name),
    victimsMin: Math.ceil(victims / 2),
  });
  try {
    const endMs = Date.now() + durationMs;
    say(`${attacks.length} attacks begin, for ${durationMs / 1_000} s`);
    let isOver = false;
    torrents.countAnew();
    const [watched, welcomesMs, delays] = await Promise.all([
      watchServices(place, () => isOver, signal),
      letNewcomersIn(place, streams.ordinary, () => isOver, signal),
      watchMinutes(place, streams.ordinary, ordinary, endMs, { say, signal }),
      untilNamed(place, attacks, before, endMs, signal).finally(() => (isOver = true)),
    ]);
    await attackers.stop();
    const status = attackers.status();
    if (status === undefined) throw new Error('the attackers said nothing');
    return { attackers: status, delays, watched, welcomesMs, torrents: torrents.meetings() };
  } finally {
    torrents.end();
    attackers.kill();
  }
}

/** Until `endMs`, and then until each attack has moved its metrics, `namingMsMax` at most. */
async function untilNamed(
  place: Place,
  attacks: readonly Attack[],
  before: Series,
  endMs: number,
  signal: AbortSignal,
): Promise<void> {
  await wait(endMs - Date.now(), undefined, { signal });
  for (;;) {
    const grown = growth(before, await trackerSeries(place));
    const areNamed = attacks.every((attack) => silentMetrics(grown, attack).length === 0);
    if (areNamed || Date.now() > endMs + namingMsMax) return;
    await wait(namingPollMs, undefined, { signal });
  }
}

/** When each whole minute until then was in both sinks, with all that had been acknowledged. */
async function watchMinutes(
  place: Place,
  streams: readonly string[],
  { ledgerFile }: ViewersProcess,
  endMs: number,
  { say, signal }: Pick<SiegeOptions, 'say' | 'signal'>,
): Promise<Delays> {
  const { intervalMs } = place.times;
  const tail = new LedgerTail(ledgerFile, intervalMs);
  const probe = new MinuteProbe(place, tail, streams, intervalMs, signal, say);
  const first = Math.floor(Date.now() / intervalMs) + 1;
  const last = Math.floor(endMs / intervalMs) - 1;
  const minutes = Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, index) => first + index,
  );
  const delays = await Promise.all(
    minutes.map(async (minute): Promise<[number, number | null]> => {
      const minuteEndMs = (minute + 1) * intervalMs;
      const writtenAtMs = await probe.untilWritten(minute, minuteEndMs + writtenMsMax);
      return [minute, writtenAtMs === undefined ? null : writtenAtMs - minuteEndMs];
    }),
  );
  return new Map(delays);
}
