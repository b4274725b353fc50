import { describe, expect, it } from '@jest/globals';
import { codec, type Announce, type AnyRecord } from '../schemas/index.js';
import { randomIndex, seededRandom } from '../service/random.js';
import type { CommitPoint } from './commit-point.js';
import { encodePartials } from './partials/partial-batches.js';
import { PartitionMinutes } from './partials/partition-minutes.js';
import {
  announce,
  comparable,
  plainCount,
  sessionOf,
  testTimes,
  type Logged,
} from './testing/announces.js';
import { FakeSink } from './testing/fake-sink.js';
import { packedPartials } from './totals/packed-partials.js';
import { PartitionTotals } from './totals/partition-totals.js';
import { SinkProgress } from './totals/sink-progress.js';
import { nothingSetAside, usualProgress } from './testing/stage-parts.js';

/** A run is its seed. */
function randomOf(seed: number): (below: number) => number {
  const random = seededRandom(seed);
  return (below) => randomIndex(random, below);
}

interface LogEntry {
  readonly logAppendTimeMs: number;
  readonly record: AnyRecord;
}

const inputPartitions = 2;
const partialPartitions = 2;
const runMs = 60_000;
const startMs = 1_000_000;

function someAnnounce(
  random: (below: number) => number,
  partition: number,
  nowMs: number,
): Announce {
  return announce({
    stream: ['arena', 'studio.2', 'cinema'][random(3)] ?? 'arena',
    // A session is always in one partition.
    session: sessionOf(random(4) * inputPartitions + partition),
    number: random(10),
    // Some too late, some too early.
    time: nowMs - 25_000 + random(34_000),
    quality: ['720p', '1080p', 'unknown'][random(3)] ?? '720p',
    browser: random(2) === 0 ? 'Chrome' : 'Safari',
    watchedMs: random(5_000),
    stalls: random(2),
    stalledMs: random(900),
    startupMs: random(4) === 0 ? random(3_000) : null,
    cdnBytes: random(1_000_000),
    peerBytes: random(1_000_000),
  });
}

/**
 * Logs of all input partitions: batches with copies and stragglers, and marks; LogAppendTime
 * wavers.
 */
function makeLogs(random: (below: number) => number): LogEntry[][] {
  return Array.from({ length: inputPartitions }, (_, partition) => {
    const entries: LogEntry[] = [];
    const sent: Announce[] = [];
    for (let nowMs = startMs; nowMs < startMs + runMs; nowMs += random(900)) {
      const logAppendTimeMs = nowMs + random(2_000) - 1_000;
      if (random(4) === 0) {
        const value = { owner: 'rollup', written: nowMs + random(2_000) - 1_000 };
        entries.push({ logAppendTimeMs, record: { type: 'Mark', value } });
        continue;
      }
      const announces = Array.from({ length: 1 + random(4) }, () => {
        const copy = random(4) === 0 ? sent[random(sent.length)] : undefined;
        const one = copy ?? someAnnounce(random, partition, nowMs);
        sent.push(one);
        return one;
      });
      const value = { tracker: 't', written: nowMs, announces };
      entries.push({ logAppendTimeMs, record: { type: 'AnnounceBatch', value } });
    }
    const endMs = startMs + runMs + 60_000;
    const last = { owner: 'rollup', written: endMs };
    entries.push({ logAppendTimeMs: endMs, record: { type: 'Mark', value: last } });
    return entries;
  });
}

function restartPoint(
  random: (below: number) => number,
  commits: readonly CommitPoint[],
): CommitPoint {
  return commits[random(commits.length)] ?? { offset: 0, exactFrom: 0 };
}

/**
 * Stage 1 of one partition with crashes, lost acknowledgements and restarts from any commit ever
 * made.
 */
function runPartials(
  random: (below: number) => number,
  inputPartition: number,
  log: readonly LogEntry[],
  output: LogEntry[][],
): void {
  const commits: CommitPoint[] = [{ offset: 0, exactFrom: 0 }];
  let minutes = new PartitionMinutes(testTimes, { offset: 0, exactFrom: 0 });
  const append = (partition: number, record: AnyRecord, atMs: number): void => {
    output[partition]?.push({ logAppendTimeMs: atMs, record });
  };
  let crashes = 6;
  while (minutes.nextOffset < log.length || crashes > 0) {
    for (let reads = 1 + random(20); reads > 0 && minutes.nextOffset < log.length; reads -= 1) {
      const entry = log[minutes.nextOffset];
      if (entry?.record.type === 'AnnounceBatch') {
        minutes.applyBatch(minutes.nextOffset, entry.logAppendTimeMs, entry.record.value);
      } else if (entry?.record.type === 'Mark') {
        minutes.applyMark(minutes.nextOffset, entry.logAppendTimeMs, entry.record.value);
      }
    }
    const plan = minutes.plan();
    const atMs = minutes.logTimeMs;
    let isLost = false;
    const recordsVersion = 1 + random(3);
    const encoding = { partialPartitions, recordsVersion, setAside: nothingSetAside } as const;
    for (const { partition, value } of encodePartials(inputPartition, plan, encoding)) {
      const decoded = codec().decode(value);
      if (!decoded.ok) throw new Error(decoded.detail);
      isLost ||= crashes > 0 && random(10) === 0;
      if (!isLost) append(partition, decoded.record, atMs);
    }
    if (!isLost) {
      minutes.acknowledgeCells(plan);
      const { closedBefore, finalBefore } = plan;
      const progress = { inputPartition, closedBefore, finalBefore };
      for (let partition = 0; partition < partialPartitions; partition += 1) {
        append(partition, { type: 'Progress', value: progress }, atMs);
      }
      if (random(5) > 0) minutes.dropFinal(plan);
      commits.push(minutes.commitPoint());
    }
    if (crashes > 0 && (random(4) === 0 || minutes.nextOffset === log.length)) {
      crashes -= 1;
      minutes = new PartitionMinutes(testTimes, restartPoint(random, commits));
    }
  }
}

function runTotals(
  random: (below: number) => number,
  log: readonly LogEntry[],
  sink: FakeSink,
): void {
  const commits: CommitPoint[] = [{ offset: 0, exactFrom: 0 }];
  const begin = (point: CommitPoint): { totals: PartitionTotals; progress: SinkProgress } => {
    const totals = new PartitionTotals(inputPartitions, point);
    const progress = new SinkProgress(sink, totals, usualProgress);
    return { totals, progress };
  };
  let { totals, progress } = begin({ offset: 0, exactFrom: 0 });
  let nowMs = startMs;
  // The log grows while it is read; an owner has caught up with what stood there when it took over.
  let endOffset = 0;
  let takenOverAt = 0;
  for (let crashes = 6; totals.nextOffset < log.length || crashes > 0; nowMs += 1_000) {
    endOffset = Math.min(log.length, endOffset + random(30));
    for (let reads = 1 + random(30); reads > 0 && totals.nextOffset < endOffset; reads -= 1) {
      const entry = log[totals.nextOffset];
      if (entry?.record.type === 'PartialBatch') {
        const packed = packedPartials(entry.record.value);
        totals.applyPartials(totals.nextOffset, entry.logAppendTimeMs, packed);
      } else if (entry?.record.type === 'Progress') {
        totals.applyProgress(totals.nextOffset, entry.record.value);
      }
    }
    const isCaughtUp = totals.nextOffset >= takenOverAt;
    const permission = { nowMs, isCaughtUp, isAlive: true, isSettled: random(2) === 0 };
    progress.advance(permission);
    totals.dropTaken((minute) => progress.isTaken(minute));
    commits.push(totals.commitPoint());
    if (random(8) === 0) sink.epoch += 1;
    if (crashes > 0 && (random(5) === 0 || totals.nextOffset === log.length)) {
      crashes -= 1;
      takenOverAt = endOffset;
      ({ totals, progress } = begin(restartPoint(random, commits)));
    }
  }
  const settled = { isCaughtUp: true, isAlive: true, isSettled: true };
  for (const step of [2_000, 4_000]) {
    progress.advance({ ...settled, nowMs: nowMs + step });
  }
}

describe('the rollup from log to sinks', () => {
  it('comes to hold the plain count whoever crashed and from whichever commit it went on', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = randomOf(seed);
      const logs = makeLogs(random);
      const partials: LogEntry[][] = Array.from({ length: partialPartitions }, () => []);
      for (const [partition, log] of logs.entries()) runPartials(random, partition, log, partials);
      const sinks = [new FakeSink(true), new FakeSink(false)];
      for (const sink of sinks) for (const log of partials) runTotals(random, log, sink);
      const announced: Logged[] = logs
        .flat()
        .flatMap(({ logAppendTimeMs, record }) =>
          record.type === 'AnnounceBatch'
            ? record.value.announces.map((one) => ({ logAppendTimeMs, announce: one }))
            : [],
        );
      const expected = comparable(plainCount(announced, testTimes));
      expect(expected.length).toBeGreaterThan(20);
      for (const sink of sinks) {
        expect({ seed, sink: sink.name, cells: comparable(sink.cells) }).toEqual({
          seed,
          sink: sink.name,
          cells: expected,
        });
      }
    }
  });
});
