import type { AnnounceFields, RefusalReason } from '../../protocol/index.js';
import type { RegisteredStream } from '../../registry/index.js';
import type { Announce, MinuteTimes } from '../../schemas/index.js';
import { groupBy } from '../../service/group-by.js';
import type { AnsweredAnnounce, QueueRefusal } from './announce-batcher.js';
import { announceOf, type AnnouncingSession } from './announce-fields.js';
import { timeRefusal } from './time-rules.js';

/** Whose reports they are, and in which partition of the log they go. */
export interface ReportingSession extends AnnouncingSession {
  readonly partition: number;
}

/** How a session is told, by the reports' numbers: of each report once, never of none. */
export interface ReportAnswers {
  acknowledged(numbers: number[]): void;
  /** For good. */
  refused(reason: RefusalReason, numbers: number[]): void;
  /** To be sent again later, unchanged. */
  putOff(code: QueueRefusal, numbers: number[]): void;
  /** Said behind answers of the log, when no report waits for one any more. */
  settled(): void;
}

/** What is counted of reports. */
export interface ReportMetrics {
  announcesReceived(count: number): void;
  announcesAcknowledged(count: number): void;
  announcesRefused(reason: RefusalReason, count: number): void;
  announcesPutOff(code: QueueRefusal, count: number): void;
}

/** What all sessions' reports of a tracker share. */
export interface ReportParts {
  /** The way into the log. Undefined: taken, and `tellAnswers` will tell of it, later and once. */
  readonly queue: {
    add(partition: number, origin: Reports, announce: Announce): QueueRefusal | undefined;
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

  /** Takes reports in; tells at once of those refused or put off. `stream` is as it is now. */
  add(
    reports: readonly AnnounceFields[],
    stream: RegisteredStream | undefined,
    nowMs: number,
  ): void {
    this.parts.metrics.announcesReceived(reports.length);
    const refused: { reason: RefusalReason; number: number }[] = [];
    const putOff: { code: QueueRefusal; number: number }[] = [];
    for (const fields of reports) {
      const { number } = fields;
      const reason = refusalOf(stream, fields.time, nowMs, this.parts.times);
      if (reason !== undefined) {
        refused.push({ reason, number });
        continue;
      }
      const announce = announceOf(this.session, fields, stream?.renditions ?? []);
      const code = this.parts.queue.add(this.session.partition, this, announce);
      if (code === undefined) this.#unanswered += 1;
      else putOff.push({ code, number });
    }
    for (const [reason, those] of groupBy(refused, (one) => one.reason)) {
      this.#refuse(reason, those);
    }
    for (const [code, those] of groupBy(putOff, (one) => one.code)) this.#putOff(code, those);
  }

  /** Takes what the log's answers mean for reports of this session. */
  answered(answers: readonly AnsweredAnnounce<Reports>[]): void {
    this.#unanswered -= answers.length;
    const byAnswer = groupBy(answers, ({ answer }) => answer);
    const acknowledged = byAnswer.get('acknowledged');
    const late = byAnswer.get('late');
    const retry = byAnswer.get('retry');
    if (acknowledged !== undefined) {
      this.parts.metrics.announcesAcknowledged(acknowledged.length);
      this.answers.acknowledged(numbersOf(acknowledged));
    }
    if (late !== undefined) this.#refuse('late', late);
    if (retry !== undefined) this.#putOff('kafka_unavailable', retry);
    if (this.#unanswered === 0) this.answers.settled();
  }

  #refuse(reason: RefusalReason, those: readonly Numbered[]): void {
    this.parts.metrics.announcesRefused(reason, those.length);
    this.answers.refused(reason, numbersOf(those));
  }

  #putOff(code: QueueRefusal, those: readonly Numbered[]): void {
    this.parts.metrics.announcesPutOff(code, those.length);
    this.answers.putOff(code, numbersOf(those));
  }
}

/** Gives each session its own answers of a batch, in one go. */
export function tellAnswers(answers: readonly AnsweredAnnounce<Reports>[]): void {
  for (const [reports, own] of groupBy(answers, ({ origin }) => origin)) reports.answered(own);
}

interface Numbered {
  readonly number: number;
}

function numbersOf(those: readonly Numbered[]): number[] {
  return those.map(({ number }) => number);
}

function refusalOf(
  stream: RegisteredStream | undefined,
  timeMs: number,
  nowMs: number,
  times: MinuteTimes,
): RefusalReason | undefined {
  if (stream === undefined || stream.isArchived) return 'archived';
  return timeRefusal(timeMs, nowMs, times);
}
