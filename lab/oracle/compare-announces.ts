import { minuteOf } from '../../schemas/index.js';
import { countedQuality, type Renditions } from './expected-cells.js';
import { announceKey, type Ledger, type LedgerAnnounce } from '../viewers/ledger.js';
import { isSame, type Differences, type Row } from './tables.js';

/** A raw row of ClickHouse, by column; times in Unix ms. */
export type AnnounceRow = Row & {
  readonly stream: string;
  readonly session: string;
  readonly number: number;
};

/**
 * The row that an announce has to be in ClickHouse: what the viewer said, as the tracker maps it.
 */
export function expectedRow(
  known: LedgerAnnounce,
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
  renditions: Renditions,
  intervalMs: number,
  differences: Differences,
): readonly LedgerAnnounce[] {
  for (const key of ledger.strayAnswers) {
    differences.add('trackers', `answer to ${key}`, 'no answer: it was never sent', 'an answer');
  }
  for (const row of raw.all) {
    const key = announceKey(row.stream, row.session, row.number);
    const known = ledger.announces.get(key);
    if (known === undefined) differences.add('announces', key, 'nobody sent it', 'a row');
    else compareFields(expectedRow(known, renditions, intervalMs), row, 'announces', differences);
  }
  const present = new Set<string>();
  for (const row of raw.counted) {
    const key = announceKey(row.stream, row.session, row.number);
    if (present.has(key)) differences.add('announces_counted', key, 'once', 'twice');
    present.add(key);
    const known = ledger.announces.get(key);
    if (known === undefined) differences.add('announces_counted', key, 'nobody sent it', 'a row');
    else {
      const expected = expectedRow(known, renditions, intervalMs);
      compareFields(expected, row, 'announces_counted', differences);
    }
  }
  for (const row of raw.late) {
    const key = announceKey(row.stream, row.session, row.number);
    const known = ledger.announces.get(key);
    // A second copy may come late, and so may one without an acknowledgement.
    if (known?.outcome === 'acknowledged' && known.resends === 0) {
      differences.add('announces_late', key, 'no row: it was acknowledged', 'a row');
    }
  }
  const counted: LedgerAnnounce[] = [];
  for (const [key, known] of ledger.announces) {
    const isPresent = present.has(key);
    if (known.outcome === 'acknowledged' && !isPresent) {
      differences.add('announces_counted', key, 'a row: it was acknowledged', 'no row');
    }
    if (known.outcome === 'acknowledged' || isPresent) counted.push(known);
  }
  return counted;
}
