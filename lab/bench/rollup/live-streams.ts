import { setTimeout as delay } from 'node:timers/promises';
import { partitionOf, type LogProducer } from '../../../kafka/index.js';
import { browsers, topics, type FacetValue, type ToldAnnounce } from '../../../schemas/index.js';
import { writtenAnnounces } from '../written-announces.js';
import { seededRandom, type Random } from '../../../service/random.js';
import { madeDelivery, madeFacets, madeSession, qualities } from './made-reports.js';

export interface LiveStreamsOptions {
  readonly streams: number;
  /** Of each stream in each minute; each has three announces. */
  readonly cells: number;
  /** Facets that each session has. */
  readonly facets: number;
  readonly partitions: number;
  readonly intervalMs: number;
}

interface Session {
  readonly stream: string;
  readonly id: Buffer;
  readonly partition: number;
  readonly quality: string;
  readonly browser: ToldAnnounce['browser'];
  readonly facets: readonly FacetValue[];
  number: number;
}

export const announcesPerCell = 3;
const batchMax = 128;
const tickMs = 100;
const seed = 20_260_102;

export const streamName = (index: number): string => `channel-${index}`;

/**
 * Announces of many small streams as they happen: of each cell of each stream three sessions
 * announce once a minute, one of which has just begun. Appended as a tracker does, every 100 ms.
 */
export class LiveStreams {
  readonly #random: Random = seededRandom(seed);
  readonly #sessions: Session[] = [];
  readonly #waiting: ToldAnnounce[][];
  readonly #appending = new Set<Promise<unknown>>();
  /** Announces by minute. */
  readonly made = new Map<number, number>();

  constructor(
    private readonly producer: LogProducer,
    private readonly options: LiveStreamsOptions,
  ) {
    this.#waiting = Array.from({ length: options.partitions }, () => []);
    const { streams, cells } = options;
    for (let turn = 0; turn < announcesPerCell; turn += 1) {
      for (let cell = 0; cell < cells; cell += 1) {
        for (let stream = 0; stream < streams; stream += 1) {
          this.#sessions.push(this.#session(stream, cell));
        }
      }
    }
  }

  /**
   * Announces minute after minute from a minute's start on, evenly; resolves at the last one's end.
   */
  async run(firstMinute: number, minutes: number, signal: AbortSignal): Promise<void> {
    const { intervalMs } = this.options;
    const startMs = firstMinute * intervalMs;
    const announces = this.#sessions.length * minutes;
    await delay(startMs - Date.now(), undefined, { signal });
    for (let next = 0; next < announces;) {
      const passed = (Date.now() - startMs) / intervalMs;
      const due = Math.min(announces, Math.floor(passed * this.#sessions.length));
      for (; next < due; next += 1) {
        const minute = firstMinute + Math.floor(next / this.#sessions.length);
        // What comes late to its turn still belongs to the minute in which its turn was.
        const timeMs = Math.min(Date.now(), (minute + 1) * intervalMs - 1);
        this.#announce(next % this.#sessions.length, minute, timeMs);
      }
      this.#appendAll();
      await delay(tickMs, undefined, { signal });
    }
    await Promise.all(this.#appending);
  }

  #announce(index: number, minute: number, timeMs: number): void {
    let session = this.#sessions[index];
    if (session === undefined) return;
    const { streams, cells } = this.options;
    if (index < streams * cells) {
      // The first third has just begun, so that every stream has start-up times in every minute.
      session = this.#session(index % streams, Math.floor(index / streams));
      this.#sessions[index] = session;
    }
    this.made.set(minute, (this.made.get(minute) ?? 0) + 1);
    const waiting = this.#waiting[session.partition] ?? [];
    waiting.push(this.#made(session, timeMs));
    session.number += 1;
  }

  #made(session: Session, time: number): ToldAnnounce {
    const below = (bound: number): number => Math.floor(this.#random() * bound);
    return Object.assign(madeDelivery(below), {
      stream: session.stream,
      session: session.id,
      number: session.number,
      time,
      segment: 100_000 + session.number,
      quality: session.quality,
      browser: session.browser,
      facets: session.facets,
      state: 'playing',
      watchedMs: 9_950 + below(50),
      stalledMs: 0,
      stalls: 0,
      startupMs: session.number === 0 ? 200 + below(2_000) : null,
    } as const);
  }

  #appendAll(): void {
    for (const [partition, announces] of this.#waiting.entries()) {
      if (announces.length === 0) continue;
      this.#waiting[partition] = [];
      const values: { value: Buffer }[] = [];
      for (let start = 0; start < announces.length; start += batchMax) {
        const batch = announces.slice(start, start + batchMax);
        const head = { tracker: 'bench', written: Date.now() };
        values.push({ value: writtenAnnounces(head, batch) });
      }
      const appending = this.producer.append(topics.announces, partition, values);
      this.#appending.add(appending);
      void appending.finally(() => this.#appending.delete(appending));
    }
  }

  #session(streamIndex: number, cell: number): Session {
    const id = madeSession(this.#random);
    const stream = streamName(streamIndex);
    return {
      stream,
      id,
      partition: partitionOf(stream, id, this.options.partitions),
      quality: qualities[(streamIndex + cell) % qualities.length] ?? 'other',
      browser: browsers[(streamIndex + 2 * cell) % browsers.length] ?? 'Other',
      facets: madeFacets(this.#random, this.options.facets),
      number: 0,
    };
  }
}
