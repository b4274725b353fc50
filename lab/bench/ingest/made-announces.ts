import {
  browsers,
  playerStates,
  reportedFields,
  firstAnnounce,
  type ToldAnnounce,
} from '../../../schemas/index.js';
import type { Random } from '../../../service/random.js';

const hotStream = 'arena-main';
const hotShare = 0.9;
const smallStreams = Array.from({ length: 50 }, (_, index) => `studio-${index + 1}`);
const qualities = ['360p', '480p', '720p', '1080p', 'unknown'];

export interface MadeSession {
  readonly stream: string;
  readonly session: Buffer;
  readonly browser: ToldAnnounce['browser'];
}

/** The sums of what was made, by column of `announces`: what ClickHouse must hold. */
export type Sums = Record<string, number>;

export const summedColumns = ['number', 'after_start_ms', ...reportedFields.map(columnOf)];

/** The column of `announces` of an announce's field. */
function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

/** A session with a random id: nine of ten watch the one hot stream. */
export function madeSession(random: Random): MadeSession {
  const session = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) session.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  return {
    stream: random() < hotShare ? hotStream : pick(random, smallStreams),
    session,
    browser: pick(random, browsers),
  };
}

/** The session's announce of this number, ten seconds after the one before. */
export function madeAnnounce(
  random: Random,
  { stream, session, browser }: MadeSession,
  number: number,
  startMs: number,
): ToldAnnounce {
  const below = (bound: number): number => Math.floor(random() * bound);
  const isStalled = random() < 0.05;
  const uses = random();
  return Object.assign(firstAnnounce({}), {
    stream,
    session,
    number,
    time: startMs + number * 10_000 + below(1_000),
    segment: 100_000 + number * 2,
    quality: pick(random, qualities),
    browser,
    state: isStalled ? 'rebuffering' : pick(random, playerStates),
    watchedMs: 10_000 - below(50),
    stalledMs: isStalled ? below(3_000) : 0,
    stalls: isStalled ? 1 + below(3) : 0,
    startupMs: number === 0 ? 200 + below(2_000) : null,
    cdnBytes: below(4_000_000),
    peerBytes: below(6_000_000),
    uploadedBytes: below(5_000_000),
    peers: below(12),
    bufferLengthMs: uses < 0.9 ? below(30_000) : null,
    liveLatencyMs: uses < 0.8 ? 2_000 + below(10_000) : null,
    encodedBitrateKbps: uses < 0.9 ? 800 + below(7_000) : null,
    throughputKbps: uses < 0.7 ? below(90_000) : null,
    playbackRatePercent: uses < 0.9 ? 100 : null,
    droppedFrames: random() < 0.1 ? below(20) : 0,
    errors: random() < 0.001 ? 1 : 0,
  } as const);
}

export function emptySums(): Sums {
  return Object.fromEntries(summedColumns.map((column) => [column, 0]));
}

const summedFields = reportedFields.map((field) => ({ field, column: columnOf(field) }));

/**
 * Adds an announce to the sums; its time as milliseconds after `startMs`, so that sums stay exact.
 */
export function addTo(sums: Sums, announce: ToldAnnounce, startMs: number): void {
  const add = (column: string, value: number): void => {
    sums[column] = (sums[column] ?? 0) + value;
  };
  add('number', announce.number);
  add('after_start_ms', announce.time - startMs);
  for (const { field, column } of summedFields) add(column, announce[field] ?? 0);
}
