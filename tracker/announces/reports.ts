import type { RefusalReason } from '../../protocol/index.js';
import type { RegisteredStream } from '../../registry/index.js';
import type { CdnReason, FacetValue, MinuteTimes, ToldAnnounce } from '../../schemas/index.js';
import { groupBy } from '../../service/group-by.js';
import type { AnsweredAnnounce, QueueRefusal } from './announce-batcher.js';
import { cdnReasonOf, type SwarmStanding } from './cdn-reason.js';
import { announceOf, type AnnouncingSession, type Report, type ToldReports } from './report.js';
import type { SessionBudget } from './session-budget.js';
import { timeRefusal } from './time-rules.js';

/** Why an announce is put off: it may be sent again later, unchanged. */
export type PutOffCode = QueueRefusal | 'too_many_announces';

/** What is to be known of a stream for its reports. */
export type ReportedStream = Pick<RegisteredStream, 'isArchived' | 'renditions'>;

/** Whose reports they are, and in which partition of the log they go. */
export interface ReportingSession extends AnnouncingSession {
  readonly partition: number;
  /** Shared by all connections of the session. */
  readonly budget: SessionBudget;
}

/** How a session is told, by the reports' numbers: of each report once, never of none. */
export interface ReportAnswers {
  acknowledged(numbers: number[]): void;
  /** For good. */
  refused(reason: RefusalReason, numbers: number[]): void;
  /** To be sent again later, unchanged. */
  putOff(code: PutOffCode, numbers: number[]): void;
  /** Said behind answers of the log, when no report waits for one any more. */
  settled(): void;
}

/** What is counted of reports. */
export interface ReportMetrics {
  announcesReceived(count: number): void;
  announcesAcknowledged(count: number): void;
  announcesRefused(reason: RefusalReason, count: number): void;
  announcesPutOff(code: PutOffCode, count: number): void;
}

/** What all sessions' reports of a tracker share. */
export interface ReportParts {
  /** The way into the log. Undefined: taken, and `tellAnswers` will tell of it, later and once. */
  readonly queue: {
    add(
      partition: number,
      origin: Reports,
      announce: ToldAnnounce,
    ): QueueRefusal | 'unwritable' | undefined;
  };
  readonly times: MinuteTimes;
  readonly metrics: ReportMetrics;
}

/** A session's reports, whatever dialect brings them: each that comes gets one answer. */
export class Reports {
  #unanswered = 0;

  constructor(
    private readonly parts: ReportParts,
    private readonly session: ReportingSession,
    private readonly answers: ReportAnswers,
  ) {}

  /** How many the log has taken in hand and not answered. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Its announces have these facets from now on. */
  tellFacets(facets: readonly FacetValue[]): void {
    // Not in a copy: those made by spreading have shapes of their own, and slow down their readers.
    this.session.facets = facets;
  }

  /**
   * Takes reports in; tells at once of those refused or put off. `stream` and `standing` are as
   * they are now; without a standing nothing is known of what came with the second announces.
   */
  add(
    { reports, implausible, tooMany }: ToldReports,
    stream: ReportedStream | undefined,
    standing: SwarmStanding | undefined,
    nowMs: number,
  ): void {
    this.parts.metrics.announcesReceived(reports.length + implausible.length + tooMany.length);
    const refused = implausible.map((number): Refused => ({ reason: 'implausible', number }));
    const putOff = tooMany.map((number): PutOff => ({ code: 'too_many_announces', number }));
    for (const report of reports) {
      const { number } = report;
      const reason = refusalOf(stream, report.time, nowMs, this.parts.times);
      if (reason !== undefined) {
        refused.push({ reason, number });
        continue;
      }
      const cdnReason = standing === undefined ? 'untold' : cdnReasonOf(report, standing);
      const outcome = this.#take(report, stream?.renditions ?? [], cdnReason, nowMs);
      if (outcome === undefined) this.#unanswered += 1;
      else if (outcome === 'implausible') refused.push({ reason: outcome, number });
      else putOff.push({ code: outcome, number });
    }
    // Nearly always all are taken.
    if (refused.length > 0) {
      for (const [reason, those] of groupBy(refused, (one) => one.reason)) {
        this.#refuse(reason, numbersOf(those));
      }
    }
    if (putOff.length > 0) {
      for (const [code, those] of groupBy(putOff, (one) => one.code)) {
        this.#putOff(code, numbersOf(those));
      }
    }
  }

  /** Takes what the log's answers mean for reports of this session. */
  answered(answers: readonly AnsweredAnnounce<Reports>[]): void {
    this.#unanswered -= answers.length;
    const numbers = { acknowledged: [] as number[], late: [] as number[], retry: [] as number[] };
    for (const { answer, number } of answers) numbers[answer].push(number);
    const { acknowledged, late, retry } = numbers;
    if (acknowledged.length > 0) {
      this.parts.metrics.announcesAcknowledged(acknowledged.length);
      this.answers.acknowledged(acknowledged);
    }
    if (late.length > 0) this.#refuse('late', late);
    if (retry.length > 0) this.#putOff('kafka_unavailable', retry);
    if (this.#unanswered === 0) this.answers.settled();
  }

  /** Only what the queue takes is paid for. */
  #take(
    report: Report,
    renditions: readonly string[],
    cdnReason: CdnReason,
    nowMs: number,
  ): 'implausible' | PutOffCode | undefined {
    const { budget, partition } = this.session;
    const price = budget.priceOf(report, nowMs);
    if (typeof price === 'string') return price;
    const announce = announceOf(this.session, budget.withOneOfEach(report), renditions, cdnReason);
    const code = this.parts.queue.add(partition, this, announce);
    if (code === 'unwritable') return 'implausible';
    if (code === undefined) budget.pay(price);
    return code;
  }

  #refuse(reason: RefusalReason, numbers: number[]): void {
    this.parts.metrics.announcesRefused(reason, numbers.length);
    this.answers.refused(reason, numbers);
  }

  #putOff(code: PutOffCode, numbers: number[]): void {
    this.parts.metrics.announcesPutOff(code, numbers.length);
    this.answers.putOff(code, numbers);
  }
}

/** Gives each session its own answers of a batch, in one go. */
export function tellAnswers(answers: readonly AnsweredAnnounce<Reports>[]): void {
  for (const [reports, own] of groupBy(answers, ({ origin }) => origin)) reports.answered(own);
}

interface Numbered {
  readonly number: number;
}

interface Refused extends Numbered {
  readonly reason: RefusalReason;
}

interface PutOff extends Numbered {
  readonly code: PutOffCode;
}

function numbersOf(those: readonly Numbered[]): number[] {
  return those.map(({ number }) => number);
}

function refusalOf(
  stream: ReportedStream | undefined,
  timeMs: number,
  nowMs: number,
  times: MinuteTimes,
): RefusalReason | undefined {
  if (stream === undefined || stream.isArchived) return 'archived';
  return timeRefusal(timeMs, nowMs, times);
}
