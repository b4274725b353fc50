import { minuteOf, type CdnReason, type FacetValue } from '../../schemas/index.js';
import { countedQuality, countedRole, type Renditions } from './expected-cells.js';
import {
  facetsOfSession,
  facetsOfText,
  facetsText,
  type Distinctions,
} from './facets-of-session.js';
import { plainPseudonym } from './plain-pseudonym.js';
import { plainReason, type ReasonGrounds } from './plain-reason.js';
import type { ViewerAnnounce } from '../viewers/announce-queue.js';
import { announceKey, type Ledger, type LedgerAnnounce } from '../viewers/ledger.js';
import { isSame, type Differences, type Row } from './tables.js';

/** A raw row of ClickHouse, by column; times in Unix ms. */
export type AnnounceRow = Row & {
  readonly stream: string;
  readonly session: string;
  readonly number: number;
};

/** What its tracker found out about an announce. */
interface Found {
  readonly cdnReason: CdnReason;
  readonly facets: readonly FacetValue[];
}

/** An announce that is counted. */
export type CountedAnnounce = LedgerAnnounce & Found;

/** What streams list. */
export interface Registered extends Distinctions, ReasonGrounds {
  readonly renditions: Renditions;
  /** By which trackers make pseudonyms; absent: they make none. */
  readonly viewerSalt?: string | undefined;
}

/** What came with the second version of announces, as the viewer told it. */
function toldSecond(announce: ViewerAnnounce): Row {
  return {
    failure: announce.failure ?? 'none',
    errors_network: announce.errorsNetwork ?? 0,
    errors_media: announce.errorsMedia ?? 0,
    errors_drm: announce.errorsDrm ?? 0,
    errors_player: announce.errorsPlayer ?? 0,
    quality_switches: announce.qualitySwitches ?? 0,
    starting_ms: announce.startingMs ?? 0,
    seeking_ms: announce.seekingMs ?? 0,
    paused_ms: announce.pausedMs ?? 0,
    waiting_ms: announce.waitingMs ?? 0,
    seeder_bytes: announce.seederBytes ?? 0,
    connections_tried: announce.connectionsTried ?? 0,
    connections_made: announce.connectionsMade ?? 0,
  };
}

const nothingTold = toldSecond({} as ViewerAnnounce);
const nothingFound: Found = { cdnReason: 'untold', facets: [] };

/**
 * The facets of a row: those of its session. A tracker that writes the first version tells none,
 * and viewers of an earlier version don't write down what they are.
 */
function facetsOf(
  row: AnnounceRow,
  { stream, session, facts }: LedgerAnnounce,
  distinctions: Distinctions,
): string {
  const told = String(row['facets'] ?? '');
  if (facts === undefined || (told === '' && row['cdn_reason'] === 'untold')) return told;
  return facetsText(facetsOfSession(stream, session, facts, distinctions));
}

/** The pseudonym of a row; what of facets holds of it likewise. */
function viewerOf(row: AnnounceRow, { facts }: LedgerAnnounce, salt: string | undefined): string {
  if (facts === undefined) return String(row['viewer'] ?? '');
  return row['cdn_reason'] === 'untold' ? '' : plainPseudonym(facts.viewer, salt);
}

/** What a row has beside what its viewer said. */
interface MadeOut {
  readonly cdnReason: CdnReason;
  readonly facets: string;
  readonly viewer: string;
}

/**
 * The row that an announce has to be in ClickHouse: what the viewer said, as the tracker maps it.
 */
export function expectedRow(
  known: LedgerAnnounce,
  { cdnReason, facets, viewer }: MadeOut,
  renditions: Renditions,
  intervalMs: number,
): AnnounceRow {
  const { announce } = known;
  return {
    stream: known.stream,
    session: known.session,
    number: announce.number,
    time_ms: announce.time,
    minute: minuteOf(announce.time, intervalMs),
    segment: announce.segment,
    quality: countedQuality(known, renditions),
    browser: known.browser,
    state: announce.state,
    watched_ms: announce.watchedMs,
    stalled_ms: announce.stalledMs,
    stalls: announce.stalls,
    startup_ms: announce.startupMs ?? null,
    cdn_bytes: announce.cdnBytes,
    peer_bytes: announce.peerBytes,
    uploaded_bytes: announce.uploadedBytes,
    peers: announce.peers,
    buffer_length_ms: announce.bufferLengthMs,
    live_latency_ms: announce.liveLatencyMs,
    encoded_bitrate_kbps: announce.encodedBitrateKbps ?? null,
    throughput_kbps: announce.throughputKbps,
    playback_rate_percent: null,
    dropped_frames: announce.droppedFrames,
    errors: announce.errors,
    role: countedRole({ ...known, cdnReason }),
    facets,
    viewer,
    cdn_reason: cdnReason,
    ...(cdnReason === 'untold' ? nothingTold : toldSecond(announce)),
  };
}

function compareFields(expected: Row, got: Row, view: string, differences: Differences): void {
  for (const [column, value] of Object.entries(expected)) {
    if (!isSame(value, got[column])) {
      const what = `${expected['stream']} ${expected['session']} ${expected['number']}: ${column}`;
      differences.add(view, what, value, got[column]);
    }
  }
}

export interface RawRows {
  /** Of `announces`: every copy that stands in the log. */
  readonly all: readonly AnnounceRow[];
  /** Of `announces_counted`. */
  readonly counted: readonly AnnounceRow[];
  /** Of `announces_late`. */
  readonly late: readonly AnnounceRow[];
}

/**
 * The announces that are counted: every acknowledged one, and of those that viewers can't know
 * about exactly the ones that stand in the log. Whatever else differs goes to `differences`: an
 * acknowledged one that is missing, one that nobody sent, one counted twice, a field that changed.
 */
export function countedAnnounces(
  ledger: Ledger,
  raw: RawRows,
  registered: Registered,
  intervalMs: number,
  differences: Differences,
): readonly CountedAnnounce[] {
  /** What a row tells of its announce, compared with it. */
  const found = (row: AnnounceRow, known: LedgerAnnounce, view: string): Found => {
    const facets = facetsOf(row, known, registered);
    const cdnReason = plainReason(String(row['cdn_reason']), known, registered);
    const viewer = viewerOf(row, known, registered.viewerSalt);
    const madeOut = { cdnReason, facets, viewer };
    const expected = expectedRow(known, madeOut, registered.renditions, intervalMs);
    compareFields(expected, row, view, differences);
    return { cdnReason, facets: facetsOfText(facets) };
  };
  for (const key of ledger.strayAnswers) {
    differences.add('trackers', `answer to ${key}`, 'no answer: it was never sent', 'an answer');
  }
  for (const row of raw.all) {
    const key = announceKey(row.stream, row.session, row.number);
    const known = ledger.announces.get(key);
    if (known === undefined) differences.add('announces', key, 'nobody sent it', 'a row');
    else found(row, known, 'announces');
  }
  const present = new Map<string, Found>();
  for (const row of raw.counted) {
    const key = announceKey(row.stream, row.session, row.number);
    if (present.has(key)) differences.add('announces_counted', key, 'once', 'twice');
    const known = ledger.announces.get(key);
    if (known === undefined) {
      present.set(key, nothingFound);
      differences.add('announces_counted', key, 'nobody sent it', 'a row');
      continue;
    }
    present.set(key, found(row, known, 'announces_counted'));
  }
  for (const row of raw.late) {
    const key = announceKey(row.stream, row.session, row.number);
    const known = ledger.announces.get(key);
    // A second copy may come late, and so may one without an acknowledgement.
    if (known?.outcome === 'acknowledged' && known.resends === 0) {
      differences.add('announces_late', key, 'no row: it was acknowledged', 'a row');
    }
  }
  const counted: CountedAnnounce[] = [];
  for (const [key, known] of ledger.announces) {
    const row = present.get(key);
    if (known.outcome === 'acknowledged' && row === undefined) {
      differences.add('announces_counted', key, 'a row: it was acknowledged', 'no row');
    }
    if (known.outcome === 'acknowledged' || row !== undefined) {
      counted.push({ ...known, ...(row ?? nothingFound) });
    }
  }
  return counted;
}
