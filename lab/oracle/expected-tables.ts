import {
  minuteOf,
  latencyBoundsMs,
  quantileOf,
  stallBoundsMs,
  startupBoundsMs,
  type SumName,
} from '../../schemas/index.js';
import {
  countedQuality,
  countedRole,
  groupCells,
  type ExpectedCell,
  type Renditions,
} from './expected-cells.js';
import { groupBy } from '../../service/group-by.js';
import type { LedgerAnnounce } from '../viewers/ledger.js';
import type { CountedAnnounce } from './compare-announces.js';
import { columnOf, sumCounters } from './plain-cell.js';
import { plainFacets, type FacetsByKey } from './plain-facets.js';
import type { Row, Table } from './tables.js';

const minuteKey = ['stream', 'minute'] as const;
const total = { quality: '', browser: 'Other' } as const;

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Rows of builds that didn't know it yet have none. */
function latencyText({ latencyHistogram }: ExpectedCell): string {
  return latencyHistogram.some((count) => count > 0) ? latencyHistogram.join(',') : '';
}

/** Cells that a correction emptied are left out of the views, and absent here. */
export function streamMinutes(cells: readonly ExpectedCell[]): Table {
  return {
    name: 'stream_minutes',
    keyColumns: [...minuteKey, 'quality', 'browser'],
    rows: cells.map((cell): Row => ({
      stream: cell.stream,
      minute: cell.minute,
      quality: cell.quality,
      browser: cell.browser,
      ...Object.fromEntries(sumCounters.map((counter) => [columnOf(counter), cell[counter]])),
      startup_histogram: cell.startupHistogram.join(','),
      stall_histogram: cell.stallHistogram.join(','),
      latency_histogram: latencyText(cell),
    })),
  };
}

function viewersPerMinute(minutes: readonly ExpectedCell[], intervalMs: number): Table {
  return {
    name: 'viewers_per_minute',
    keyColumns: minuteKey,
    rows: minutes.map((minute) => ({
      stream: minute.stream,
      minute: minute.minute,
      time_s: (minute.minute * intervalMs) / 1_000,
      viewers: minute.viewers,
      viewers_average: minute.watchedMs / intervalMs,
      announces: minute.announces,
    })),
  };
}

function viewersByQuality(qualities: readonly ExpectedCell[]): Table {
  return {
    name: 'viewers_by_quality',
    keyColumns: [...minuteKey, 'quality'],
    rows: qualities.map(({ stream, minute, quality, viewers, watchedMs }) => ({
      stream,
      minute,
      quality,
      viewers,
      watched_ms: watchedMs,
    })),
  };
}

function browserUsage(cells: readonly ExpectedCell[], minutes: readonly ExpectedCell[]): Table {
  const viewersOf = new Map(minutes.map((m) => [`${m.stream} ${m.minute}`, m.viewers]));
  return {
    name: 'browser_usage',
    keyColumns: [...minuteKey, 'browser'],
    rows: groupCells(cells, () => ({ quality: '' })).map(
      ({ stream, minute, browser, viewers, watchedMs }) => ({
        stream,
        minute,
        browser,
        viewers,
        watched_ms: watchedMs,
        share: ratio(viewers, viewersOf.get(`${stream} ${minute}`) ?? 0),
      }),
    ),
  };
}

function browserUsageByQuality(
  cells: readonly ExpectedCell[],
  qualities: readonly ExpectedCell[],
): Table {
  const viewersOf = new Map(
    qualities.map((cell) => [`${cell.stream} ${cell.minute} ${cell.quality}`, cell.viewers]),
  );
  return {
    name: 'browser_usage_by_quality',
    keyColumns: [...minuteKey, 'quality', 'browser'],
    rows: cells.map(({ stream, minute, quality, browser, viewers, watchedMs }) => ({
      stream,
      minute,
      quality,
      browser,
      viewers,
      watched_ms: watchedMs,
      share: ratio(viewers, viewersOf.get(`${stream} ${minute} ${quality}`) ?? 0),
    })),
  };
}

function traffic(qualities: readonly ExpectedCell[]): Table {
  return {
    name: 'traffic',
    keyColumns: [...minuteKey, 'quality'],
    rows: qualities.map((cell) => ({
      stream: cell.stream,
      minute: cell.minute,
      quality: cell.quality,
      cdn_bytes: cell.cdnBytes,
      peer_bytes: cell.peerBytes,
      uploaded_bytes: cell.uploadedBytes,
    })),
  };
}

function offload(minutes: readonly ExpectedCell[]): Table {
  return {
    name: 'offload',
    keyColumns: minuteKey,
    rows: minutes.map(({ stream, minute, cdnBytes, peerBytes }) => ({
      stream,
      minute,
      cdn_bytes: cdnBytes,
      peer_bytes: peerBytes,
      offload: ratio(peerBytes, cdnBytes + peerBytes),
    })),
  };
}

function qualityOfExperience(minutes: readonly ExpectedCell[]): Table {
  return {
    name: 'quality_of_experience',
    keyColumns: minuteKey,
    rows: minutes.map((cell) => ({
      stream: cell.stream,
      minute: cell.minute,
      viewers: cell.viewers,
      watched_ms: cell.watchedMs,
      stalled_ms: cell.stalledMs,
      stall_ratio: ratio(cell.stalledMs, cell.watchedMs + cell.stalledMs),
      stalls: cell.stalls,
      startups: cell.startupHistogram.reduce((sum, count) => sum + count, 0),
      startup_p50_ms: quantileOf(cell.startupHistogram, startupBoundsMs, 0.5) ?? null,
      startup_p95_ms: quantileOf(cell.startupHistogram, startupBoundsMs, 0.95) ?? null,
      stall_p50_ms: quantileOf(cell.stallHistogram, stallBoundsMs, 0.5) ?? null,
      stall_p95_ms: quantileOf(cell.stallHistogram, stallBoundsMs, 0.95) ?? null,
      dropped_frames: cell.droppedFrames,
      errors: cell.errors,
      quality_switches: cell.qualitySwitches,
      bitrate_kbps: ratio(cell.playedBits, cell.playedBitrateMs),
      latency_p50_ms: quantileOf(cell.latencyHistogram, latencyBoundsMs, 0.5) ?? null,
      latency_p95_ms: quantileOf(cell.latencyHistogram, latencyBoundsMs, 0.95) ?? null,
      starting_ms: cell.startingMs,
      seeking_ms: cell.seekingMs,
      paused_ms: cell.pausedMs,
      waiting_ms: cell.waitingMs,
    })),
  };
}

/** Sums of counters by minute, and what is left of the first of them. */
function sumsOfMinutes(
  name: string,
  minutes: readonly ExpectedCell[],
  counters: readonly SumName[],
  rest: (cell: ExpectedCell) => Readonly<Record<string, number | null>> = () => ({}),
): Table {
  return {
    name,
    keyColumns: minuteKey,
    rows: minutes.map((cell) => ({
      stream: cell.stream,
      minute: cell.minute,
      ...Object.fromEntries(counters.map((counter) => [columnOf(counter), cell[counter]])),
      ...rest(cell),
    })),
  };
}

export const viewCounters: readonly SumName[] = [
  ...(['viewsBegun', 'viewsPlayed', 'startsFailed', 'startsGivenUp', 'playbacksFailed'] as const),
];
export const errorCounters: readonly SumName[] = [
  ...(['errors', 'errorsNetwork', 'errorsMedia', 'errorsDrm', 'errorsPlayer'] as const),
];
export const offloadCounters: readonly SumName[] = [
  ...(['cdnBytes', 'peerBytes', 'seederBytes', 'cdnAloneBytes', 'cdnPolicyBytes'] as const),
  ...(['cdnStartingBytes', 'cdnUnconnectedBytes', 'cdnConnectedBytes'] as const),
  ...(['connectionsTried', 'connectionsMade', 'seederCdnBytes', 'seederUploadedBytes'] as const),
];

function sumOf(
  announces: readonly LedgerAnnounce[],
  value: (announce: LedgerAnnounce['announce']) => number,
): number {
  return announces.reduce((sum, { announce }) => sum + value(announce), 0);
}

function sessions(announces: readonly CountedAnnounce[], renditions: Renditions): Table {
  const ofViewers = announces.filter((announce) => countedRole(announce) === 'viewer');
  const bySession = groupBy(ofViewers, ({ stream, session }) => `${stream} ${session}`);
  return {
    name: 'sessions',
    keyColumns: ['stream', 'session'],
    rows: [...bySession.values()].flatMap((ofSession): Row[] => {
      const ordered = ofSession.toSorted((a, b) => a.announce.number - b.announce.number);
      const times = ordered.map(({ announce }) => announce.time);
      const last = ordered.at(-1);
      if (last === undefined) return [];
      const qualities = new Set(ordered.map((announce) => countedQuality(announce, renditions)));
      const started = ordered.find(({ announce }) => announce.startupMs !== undefined);
      return [
        {
          stream: last.stream,
          session: last.session,
          first_time_ms: times.reduce((first, time) => Math.min(first, time), Infinity),
          last_time_ms: times.reduce((latest, time) => Math.max(latest, time), 0),
          announces: ordered.length,
          browser: last.browser,
          last_quality: countedQuality(last, renditions),
          last_state: last.announce.state,
          qualities: [...qualities].toSorted().join(','),
          watched_ms: sumOf(ordered, (announce) => announce.watchedMs),
          stalled_ms: sumOf(ordered, (announce) => announce.stalledMs),
          stalls: sumOf(ordered, (announce) => announce.stalls),
          startup_ms: started?.announce.startupMs ?? null,
          cdn_bytes: sumOf(ordered, (announce) => announce.cdnBytes),
          peer_bytes: sumOf(ordered, (announce) => announce.peerBytes),
          uploaded_bytes: sumOf(ordered, (announce) => announce.uploadedBytes),
          dropped_frames: sumOf(ordered, (announce) => announce.droppedFrames),
          errors: sumOf(ordered, (announce) => announce.errors),
        },
      ];
    }),
  };
}

/** What is counted by facet. */
export function facetsOf(announces: readonly CountedAnnounce[], intervalMs: number): FacetsByKey {
  return plainFacets(
    announces.map((counted) => {
      const { stream, session, announce, cdnReason, facets } = counted;
      return {
        stream,
        minute: minuteOf(announce.time, intervalMs),
        session,
        number: announce.number,
        report: { ...announce, cdnReason, role: countedRole(counted) },
        facets,
      };
    }),
  );
}

function streamMinuteFacets(facets: FacetsByKey): Table {
  return {
    name: 'stream_minute_facets',
    keyColumns: ['stream', 'minute', 'facet', 'value'],
    rows: Array.from(facets, ([key, counters]) => {
      const [stream = '', minute = '', facet = '', value = ''] = key.split('\0');
      return {
        stream,
        minute: Number(minute),
        facet,
        value,
        ...Object.fromEntries(sumCounters.map((name) => [columnOf(name), counters[name]])),
        startup_histogram: bucketsText(counters.startupHistogram),
        stall_histogram: bucketsText(counters.stallHistogram),
        latency_histogram: bucketsText(counters.latencyHistogram),
      };
    }),
  };
}

/** Empty where there is nothing in any. */
function bucketsText(histogram: readonly number[]): string {
  return histogram.some((count) => count > 0) ? histogram.join(',') : '';
}

/** What `stream_minutes` and every analysts' view have to hold, by the viewers' own record. */
export function expectedTables(
  announces: readonly CountedAnnounce[],
  cells: readonly ExpectedCell[],
  renditions: Renditions,
  intervalMs: number,
): readonly Table[] {
  const qualities = groupCells(cells, () => ({ browser: total.browser }));
  const minutes = groupCells(cells, () => total);
  return [
    streamMinutes(cells),
    { ...streamMinutes(cells), name: 'stream_minutes_counted' },
    streamMinuteFacets(facetsOf(announces, intervalMs)),
    viewersPerMinute(minutes, intervalMs),
    viewersByQuality(qualities),
    browserUsage(cells, minutes),
    browserUsageByQuality(cells, qualities),
    traffic(qualities),
    offload(minutes),
    qualityOfExperience(minutes),
    sumsOfMinutes('views', minutes, viewCounters),
    sumsOfMinutes('errors_by_kind', minutes, errorCounters, (cell) => ({
      errors_other:
        cell.errors - (cell.errorsNetwork + cell.errorsMedia + cell.errorsDrm + cell.errorsPlayer),
    })),
    sumsOfMinutes('offload_explained', minutes, offloadCounters, (cell) => ({
      cdn_untold_bytes:
        cell.cdnBytes -
        (cell.cdnAloneBytes + cell.cdnPolicyBytes + cell.cdnStartingBytes) -
        (cell.cdnUnconnectedBytes + cell.cdnConnectedBytes),
      cdn_share: ratio(cell.cdnBytes, cell.cdnBytes + cell.peerBytes + cell.seederBytes),
    })),
    sessions(announces, renditions),
  ];
}
