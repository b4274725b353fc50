import { partitionOf, type LogProducer } from '../../kafka/index.js';
import { topics, type Announce, type FacetValue, type ToldReason } from '../../schemas/index.js';
import type { SwarmStanding } from '../../tracker/announces/cdn-reason.js';
import { AnnounceBatcher } from '../../tracker/announces/announce-batcher.js';
import { Reports, tellAnswers } from '../../tracker/announces/reports.js';
import { SessionBudgets } from '../../tracker/announces/session-budgets.js';
import { sessionRates } from '../../tracker/announces/session-rates.js';
import {
  SessionFacets,
  type FacetSource,
  type HeldFacets,
} from '../../tracker/facets/session-facets.js';
import type { ClusterSettings } from '../../registry/index.js';
import { seededRandom } from '../../service/random.js';
import { AppError } from '../../service/errors.js';
import { networksMax, OneOfEach, unboundedFacet } from './as-told.js';
import type { SimulatedProcess } from './simulated-process.js';

/** Where a tracker's answers about one viewer's announces go. */
export interface ViewerLink {
  /** Of the session on this connection. */
  readonly facets: readonly FacetValue[];
  readonly answer: (announce: Announce, answer: 'acknowledged' | 'refused' | 'retry') => void;
}

/** Beside the announce: what its viewer tells of the reason, and what the tracker knows of that. */
export interface ToldOfReason {
  readonly toldReason: ToldReason | undefined;
  readonly standing: SwarmStanding;
}

export interface TrackerNodeOptions {
  readonly process: SimulatedProcess;
  readonly cluster: ClusterSettings;
  readonly producer: LogProducer;
  readonly onAcknowledged: (announce: Announce) => void;
  readonly onLate: () => void;
  /** What viewers make here can all be true, so that it is never refused as implausible. */
  readonly onImplausible: (announce: Announce) => void;
  readonly onWritten: (value: Buffer) => void;
  /** A session's start or failure counts again. */
  readonly onTwice: (what: string) => void;
  /** A facet tells more values apart than it may. */
  readonly onUnbounded: (facet: string) => void;
  /** By which records are to be written now. */
  readonly recordsVersion: (wanted: number) => number;
}

/** So many announces are written by the same version. */
const writtenAlike = 100;

/** As in production, with bounds that an outage of Kafka reaches. */
const batcherOptions = {
  batchAnnouncesMax: 128,
  batchWaitMs: 100,
  requestsInFlightMax: 4,
  retryDelayMs: 200,
  retryDelayMsMax: 2_000,
  partitionQueueBytesMax: 5 * 1024,
  queueBytesMax: 10 * 1024,
};

const announceIntervalMs = 10_000;
const idleBudgetsMax = 1_000;
/** As registered: it lists no renditions. */
const stream = { isArchived: false, renditions: [] };
const uncounted = {
  announcesReceived: () => undefined,
  announcesAcknowledged: () => undefined,
  announcesRefused: () => undefined,
  announcesPutOff: () => undefined,
};

type Batcher = AnnounceBatcher<Reports>;
type Request = ReturnType<Batcher['takeDue']>['requests'][number];

/** A tracker: the production rules of admission, batching and answering, on a simulated clock. */
export class TrackerNode {
  readonly #batcher: Batcher;
  readonly #budgets: SessionBudgets;
  readonly #facets = new SessionFacets({
    names: ['country', 'network', 'device'],
    knowsNetworks: true,
    networksMax,
    onOther: () => undefined,
  });
  readonly #oneOfEach = new OneOfEach();
  readonly #present = new Set<readonly FacetValue[]>();
  #timerDueMs = Infinity;
  #written = 0;

  constructor(private readonly options: TrackerNodeOptions) {
    const { process, cluster, recordsVersion } = options;
    this.#batcher = new AnnounceBatcher({
      ...batcherOptions,
      times: cluster,
      partitions: cluster.partitions,
      tracker: process.name,
      // As if the upgrade was finished and the way back taken again and again.
      recordsVersion: () =>
        recordsVersion(1 + (Math.floor((this.#written += 1) / writtenAlike) % 3)),
    });
    const rates = sessionRates({
      times: cluster,
      announceIntervalMs,
      sessionPlayedPercentMax: 110,
      sessionMbpsMax: 100,
      sessionAnnouncesMax: 10,
    });
    this.#budgets = new SessionBudgets(rates, idleBudgetsMax, seededRandom(1));
  }

  get process(): SimulatedProcess {
    return this.options.process;
  }

  /** A viewer connects; its facets are to be released with its connection. */
  join(source: FacetSource): HeldFacets {
    const held = this.#facets.hold(source);
    this.#present.add(held.values);
    const unbounded = unboundedFacet(this.#present);
    if (unbounded !== undefined) this.options.onUnbounded(unbounded);
    return {
      values: held.values,
      release: () => {
        this.#present.delete(held.values);
        held.release();
      },
    };
  }

  receive(link: ViewerLink, announce: Announce, { toldReason, standing }: ToldOfReason): void {
    const nowMs = this.process.now();
    const report = { ...announce, toldReason };
    this.#reportsOf(link, announce, nowMs).add(
      { reports: [report], implausible: [], tooMany: [] },
      stream,
      standing,
      nowMs,
    );
    this.#schedule();
  }

  /** As of a connection that brings this one announce. */
  #reportsOf(link: ViewerLink, announce: Announce, nowMs: number): Reports {
    const { cluster, onAcknowledged, onImplausible, onLate, onTwice } = this.options;
    const key = `${announce.stream} ${announce.session.toString('hex')}`;
    const budget = this.#budgets.hold(key, key, nowMs);
    this.#budgets.release(key, key, nowMs);
    const partition = partitionOf(announce.stream, announce.session, cluster.partitions);
    return new Reports(
      {
        queue: {
          add: (to, origin, made) => {
            const twice = this.#oneOfEach.toldBefore(budget, made);
            if (twice !== undefined) onTwice(twice);
            return this.#batcher.add(to, origin, made, this.process.now());
          },
        },
        times: cluster,
        metrics: uncounted,
      },
      { ...announce, facets: link.facets, partition, budget },
      {
        acknowledged: () => {
          onAcknowledged(announce);
          link.answer(announce, 'acknowledged');
        },
        refused: (reason) => {
          if (reason === 'implausible') onImplausible(announce);
          else onLate();
          link.answer(announce, 'refused');
        },
        putOff: () => link.answer(announce, 'retry'),
        settled: () => undefined,
      },
    );
  }

  #schedule(): void {
    const dueMs = this.#batcher.nextDueMs();
    if (dueMs === undefined || this.#timerDueMs <= dueMs) return;
    this.#timerDueMs = dueMs;
    this.process.after(Math.max(0, dueMs - this.process.now()), () => {
      if (this.#timerDueMs !== dueMs) return;
      this.#timerDueMs = Infinity;
      this.#send();
    });
  }

  #send(): void {
    const { requests, answers } = this.#batcher.takeDue(this.process.now());
    tellAnswers(answers);
    for (const request of requests) void this.#append(request);
    this.#schedule();
  }

  async #append(request: Request): Promise<void> {
    this.options.onWritten(request.value);
    const outcome = await this.options.producer
      .append(topics.announces, request.partition, [{ value: request.value }])
      .then(
        ({ logAppendTimeMs }) => ({ kind: 'appended' as const, logAppendTimeMs }),
        (error: unknown) => ({
          kind:
            error instanceof AppError && !error.retryable
              ? ('rejected' as const)
              : ('unanswered' as const),
        }),
      );
    tellAnswers(this.#batcher.answer(request, outcome, this.process.now()));
    this.#schedule();
  }
}
