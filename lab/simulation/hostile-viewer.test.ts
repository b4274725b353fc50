import { describe, expect, it } from '@jest/globals';
import { MinuteCells } from '../../rollup/partials/minute-cells.js';
import {
  AnnounceColumns,
  codec,
  countersOf,
  firstAnnounce,
  type Announce,
  type AnnounceBatch,
} from '../../schemas/index.js';
import { Reports } from '../../tracker/announces/reports.js';
import { SessionBudget } from '../../tracker/announces/session-budget.js';
import { sessionRates } from '../../tracker/announces/session-rates.js';
import { acceptedTimes } from '../../tracker/announces/time-rules.js';
import { usualCluster } from './settings.js';

/** As a tracker and a cluster with default settings have it. */
const rates = sessionRates({
  times: usualCluster,
  announceIntervalMs: 10_000,
  sessionPlayedPercentMax: 110,
  sessionMbpsMax: 100,
  sessionAnnouncesMax: 10,
});
const { oldestMs, aheadMs } = acceptedTimes(usualCluster);
const minuteStartMs = 1_700_000_040_000;
const minuteEndMs = minuteStartMs + usualCluster.intervalMs;
const viewers = 10_000;
/** 5 Mbit/s, half of it from peers. */
const bytesPerAnnounce = (5 * 125_000 * rates.announceIntervalMs) / 1_000;

function sessionOf(index: number): Buffer {
  const session = Buffer.alloc(16);
  session.writeUInt32BE(index);
  return session;
}

function announce(session: Buffer, number: number, fields: Partial<Announce>): Announce {
  return {
    ...firstAnnounce({}),
    stream: 'arena',
    session,
    number,
    time: minuteStartMs,
    quality: '720p',
    browser: 'Chrome',
    state: 'playing',
    ...fields,
  };
}

function count(minute: MinuteCells, announces: readonly Announce[], offset: number): void {
  const columns = new AnnounceColumns();
  const batch: AnnounceBatch = { tracker: 'tracker-1', written: minuteStartMs, announces };
  const decoded = codec().decode(codec().encode('AnnounceBatch', batch));
  expect(decoded.ok).toBe(true);
  columns.fill(batch);
  minute.add(columns, 0, announces.length, offset);
}

/** Bytes of the stream's minute. */
function bytesOf(minute: MinuteCells): { cdn: number; peers: number } {
  const cells = [...minute.changed()].find(({ stream }) => stream === 'arena')?.cells ?? [];
  const counters = cells.map(({ counts }) => countersOf(counts));
  const sum = (of: 'cdnBytes' | 'peerBytes') => counters.reduce((all, cell) => all + cell[of], 0);
  return { cdn: sum('cdnBytes'), peers: sum('peerBytes') };
}

function ordinaryMinute(): MinuteCells {
  const minute = new MinuteCells(0, 0);
  for (let number = 0; number < 6; number += 1) {
    const announces = Array.from({ length: viewers - 1 }, (_, index) =>
      announce(sessionOf(index), number, {
        cdnBytes: bytesPerAnnounce / 2,
        peerBytes: bytesPerAnnounce / 2,
      }),
    );
    count(minute, announces, number + 1);
  }
  return minute;
}

/** All that one tracker lets a session put into the minute that tries whatever it can. */
function hostileAnnounces(): Announce[] {
  const session = sessionOf(2 ** 32 - 1);
  const taken: Announce[] = [];
  const beginMs = minuteStartMs - aheadMs;
  const reports = new Reports(
    {
      queue: { add: (_partition, _origin, made) => void taken.push({ ...made, facets: [] }) },
      times: usualCluster,
      metrics: {
        announcesReceived: () => undefined,
        announcesAcknowledged: () => undefined,
        announcesRefused: () => undefined,
        announcesPutOff: () => undefined,
      },
    },
    {
      stream: 'arena',
      session,
      browser: 'Chrome',
      role: 'viewer',
      facets: [],
      viewer: null,
      partition: 0,
      budget: new SessionBudget(rates, beginMs),
    },
    {
      acknowledged: () => undefined,
      refused: () => undefined,
      putOff: () => undefined,
      settled: () => undefined,
    },
  );
  const stream = { isArchived: false, renditions: [] };
  const sizes = Array.from({ length: 37 }, (_, halved) => 2 ** (36 - halved));
  let number = 0;
  for (let nowMs = beginMs; nowMs < minuteEndMs + oldestMs; nowMs += 1_000) {
    // The largest of these sizes for which there is room, and the next, as often as announces last.
    for (const peerBytes of sizes) {
      const time = Math.min(Math.max(nowMs, minuteStartMs), minuteEndMs - 1);
      const told = announce(session, number++, { time, peerBytes });
      const report = { ...told, toldReason: undefined };
      const standing = { isAlone: false, isWithoutPeers: false, wantsNone: false };
      reports.add({ reports: [report], implausible: [], tooMany: [] }, stream, standing, nowMs);
    }
  }
  return taken;
}

describe('one viewer of 10 000 that says whatever it can', () => {
  it('moves a minute’s bytes, and with them the offload, by 1.3 % at most', () => {
    const minute = ordinaryMinute();
    const before = bytesOf(minute);
    count(minute, hostileAnnounces(), 100);
    const after = bytesOf(minute);
    const told = after.peers - before.peers;
    const spanMs = rates.windowMs + aheadMs + usualCluster.intervalMs + oldestMs;
    expect(told).toBeLessThanOrEqual(spanMs * rates.mbpsMax * 125);
    // It does get near that, so that the bound says something.
    expect(told).toBeGreaterThan(0.8 * spanMs * rates.mbpsMax * 125);
    expect(told / (before.cdn + before.peers)).toBeLessThan(0.013);
    const offload = ({ cdn, peers }: typeof before): number => peers / (cdn + peers);
    expect(Math.abs(offload(after) - offload(before))).toBeLessThan(0.013);
  });
});
