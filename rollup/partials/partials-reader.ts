import { randomInt } from 'node:crypto';
import type {
  LogRecord,
  OwnedPartition,
  PartitionReader,
  StartPosition,
} from '../../kafka/index.js';
import { AnnounceColumns, AnnounceDecoder, codec, topics } from '../../schemas/index.js';
import { messageOf } from '../../service/errors.js';
import type { CommitPoint } from '../commit-point.js';
import type { Refusal } from '../refusal.js';
import { partialsWaitingMax } from '../final-bounds.js';
import type { LogEnd } from '../log-watch.js';
import { Ownership } from '../ownership.js';
import type { StageParts } from '../stage-parts.js';
import { MarkSchedule } from './mark-schedule.js';
import { PartialsSender } from './partials-sender.js';
import { PartitionMinutes, type Applied } from './partition-minutes.js';
import { hasPassed } from '../../service/has-passed.js';

/** Partials are sent, and progress is committed, this often while nothing closes. */
const sendIntervalMs = 1_000;

/**
 * One for all partitions of this process: a batch is applied in the same turn in which it was
 * decoded.
 */
const decoder = new AnnounceDecoder();
const columns = new AnnounceColumns();
/**
 * Sessions are chosen by viewers: the seed keeps who chooses them from making their hashes collide.
 */
const hashSeed = randomInt(2 ** 31);

/** Stage 1 of one owned partition: reads, sends partials and progress, appends marks, commits. */
export class PartialsReader implements PartitionReader {
  #minutes: PartitionMinutes | undefined;
  readonly #ownership: Ownership;
  readonly #marks: MarkSchedule;
  readonly #sender: PartialsSender;
  #sending = false;
  #sentClosedBefore = -1;
  #lastSendAtMs = -Infinity;
  #isPaused = false;
  #markFailure: string | undefined;

  constructor(
    private readonly partition: OwnedPartition,
    start: StartPosition,
    private readonly parts: StageParts,
  ) {
    const name = `${topics.announces}/${partition.partition}`;
    this.#ownership = new Ownership(name, partition, start, parts);
    this.#marks = new MarkSchedule(parts.cluster.intervalMs);
    this.#sender = new PartialsSender(partition.partition, this.#ownership.isOwned, parts);
    const { startPoint } = this.#ownership;
    if (startPoint !== undefined) this.#minutes = this.#begin(startPoint);
  }

  get logTimeMs(): number {
    return this.#minutes?.logTimeMs ?? -Infinity;
  }

  /** The partition's, as operators read it. */
  get name(): string {
    return this.#ownership.name;
  }

  get isClosed(): boolean {
    return this.#ownership.isClosed;
  }

  get openMinutes(): number {
    return this.#minutes?.openMinutes ?? 0;
  }

  get lagRecords(): number {
    return this.#ownership.lagRecords(this.#nextOffset());
  }

  recordsBehind(logEnd: LogEnd): number {
    return this.#ownership.recordsBehind(this.#nextOffset(), logEnd);
  }

  sessions(): number {
    return this.#minutes?.sessions() ?? 0;
  }

  async read(records: readonly LogRecord[], release?: () => void): Promise<void> {
    const sum: Applied = { counted: 0, copies: 0, notInTime: 0, ignored: 0 };
    const minutesOf = (record: LogRecord): PartitionMinutes =>
      (this.#minutes ??= this.#begin(this.#ownership.pointOfOldest(record)));
    await this.#ownership.applyEach(records, {
      apply: (record) => {
        const minutes = minutesOf(record);
        if (!decoder.decode(record.value, columns)) return this.#readOther(minutes, record, sum);
        addApplied(sum, minutes.applyColumns(record.offset, record.logAppendTimeMs, columns));
        return undefined;
      },
      skip: (record) => minutesOf(record).skip(record.offset),
    });
    release?.();
    this.#countApplied(sum);
    this.parts.metrics.records.inc({ topic: topics.announces }, records.length);
    this.tick();
    const finalWaiting = (): number => this.#minutes?.finalWaiting() ?? 0;
    const reason = 'Kafka does not take the partials of minutes that are final';
    await this.#ownership.untilFewWait(
      finalWaiting,
      partialsWaitingMax,
      reason,
      this.#nextOffset(),
    );
  }

  /** A mark, what can't be used, or a batch that only the general codec can read. */
  async #readOther(minutes: PartitionMinutes, record: LogRecord, sum: Applied): Promise<void> {
    const { offset, logAppendTimeMs } = record;
    const decoded = codec().decode(record.value);
    if (decoded.ok && decoded.record.type === 'AnnounceBatch') {
      addApplied(sum, minutes.applyBatch(offset, logAppendTimeMs, decoded.record.value));
      return;
    }
    if (decoded.ok && decoded.record.type === 'Mark') {
      minutes.applyMark(offset, logAppendTimeMs, decoded.record.value);
    } else {
      const detail = `a ${decoded.ok ? decoded.record.type : 'broken record'} on ${topics.announces}`;
      const refusal: Refusal = decoded.ok ? { reason: 'unexpected_record', detail } : decoded;
      await this.#ownership.deadLetters.refuse(record, refusal);
      minutes.skip(offset);
    }
  }

  #countApplied({ counted, copies, notInTime, ignored }: Applied): void {
    const { announces } = this.parts.metrics;
    if (counted > 0) announces.inc({ outcome: 'counted' }, counted);
    if (copies > 0) announces.inc({ outcome: 'copy' }, copies);
    if (notInTime > 0) announces.inc({ outcome: 'not_in_time' }, notInTime);
    if (ignored > 0) announces.inc({ outcome: 'ignored' }, ignored);
  }

  /** Does what is due: called after records and several times a second. */
  tick(): void {
    const minutes = this.#minutes;
    const nowMs = this.parts.now();
    if (!this.#ownership.isOwned()) return;
    // A shortened reader learns its minutes from the first record: a mark makes one where there's
    // none.
    const closedBefore = minutes?.closedBefore() ?? 0;
    this.#watchTime(this.#marks.isWaiting(nowMs, closedBefore));
    if (this.#marks.isDue(nowMs, closedBefore, this.#nextOffset())) void this.#appendMark(nowMs);
    if (minutes === undefined || this.#sending) return;
    const isClosing = closedBefore > this.#sentClosedBefore;
    const isDue = hasPassed(sendIntervalMs, this.#lastSendAtMs, nowMs);
    if (isClosing || isDue) void this.#send(minutes, nowMs);
  }

  /** Stops or resumes fetching, so that the partitions of one owner go in step. */
  setPaused(isPaused: boolean): void {
    if (isPaused === this.#isPaused || this.isClosed) return;
    this.#isPaused = isPaused;
    if (isPaused) this.partition.pause();
    else this.partition.resume();
  }

  close(): void {
    this.#ownership.close();
  }

  #nextOffset(): number {
    return this.#minutes?.nextOffset ?? this.#ownership.startOffset;
  }

  #begin(point: CommitPoint): PartitionMinutes {
    return new PartitionMinutes(this.parts.cluster, point, hashSeed);
  }

  /**
   * Time has to pass in the log while a minute that ended isn't closed, be it that nobody appends.
   * `isWaiting`: there is such a minute. One that is paused waits for another partition.
   */
  #watchTime(isWaiting: boolean): void {
    const { watch } = this.parts;
    const { name, logTimeMs } = this;
    const mustPass = isWaiting && !this.#isPaused;
    watch.wentWell(name, 'time', mustPass ? logTimeMs : Infinity);
    if (!mustPass) return;
    const reason = this.#markFailure ?? 'what was appended is not read';
    watch.waits(name, 'time', `its log time stands: ${reason}`, logTimeMs + 1);
  }

  async #appendMark(nowMs: number): Promise<void> {
    this.#marks.appending(nowMs);
    const value = codec().encode('Mark', { owner: this.parts.node, written: nowMs });
    try {
      const { partition } = this.partition;
      const appended = await this.parts.producer.append(topics.announces, partition, [{ value }]);
      this.parts.metrics.marks.inc();
      this.#marks.appended(appended.baseOffset);
      this.#markFailure = undefined;
    } catch (error) {
      this.#markFailure = `a mark cannot be appended: ${messageOf(error)}`;
      this.parts.metrics.appendFailures.inc({ topic: topics.announces });
      this.#marks.failed();
    }
  }

  async #send(minutes: PartitionMinutes, nowMs: number): Promise<void> {
    this.#sending = true;
    this.#lastSendAtMs = nowMs;
    this.parts.watch.waits(this.#ownership.name, 'sending', 'Kafka does not take its partials');
    try {
      const plan = minutes.plan();
      const isSent = await this.#sender.sendCells(plan);
      if (!isSent) return;
      minutes.acknowledgeCells(plan);
      this.#sentClosedBefore = Math.max(this.#sentClosedBefore, plan.closedBefore);
      if (!(await this.#sender.tellProgress(plan, nowMs))) return;
      minutes.dropFinal(plan);
      await this.#ownership.commit(minutes.commitPoint());
      this.parts.watch.wentWell(this.#ownership.name, 'sending');
    } catch (error) {
      const reason = `partials cannot be sent: ${messageOf(error)}`;
      this.parts.watch.waits(this.#ownership.name, 'sending', reason);
      this.parts.rateLimited.log('send', (heldBack) =>
        this.parts.logger.error(
          { partition: this.partition.partition, error: String(error), heldBack },
          'sending partials failed; tried again',
        ),
      );
    } finally {
      this.#sending = false;
    }
  }
}

function addApplied(sum: Applied, applied: Applied): void {
  sum.counted += applied.counted;
  sum.copies += applied.copies;
  sum.notInTime += applied.notInTime;
  sum.ignored += applied.ignored;
}
