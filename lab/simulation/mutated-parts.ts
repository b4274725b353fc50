import type { CarbonSocket, OpenCarbonSocket } from '../../graphite/index.js';
import {
  appendingBy,
  type GroupCommit,
  type LogRecord,
  type PartitionsProducer,
} from '../../kafka/index.js';
import { decideStart } from '../../kafka/start-position.js';
import {
  decodeCommitMetadata,
  encodeCommitMetadata,
  isOurMetadata,
} from '../../rollup/commit-point.js';
import type { Sink } from '../../rollup/sinks/sink.js';
import { SinkProgress, type Permission } from '../../rollup/totals/sink-progress.js';
import { codec, topics } from '../../schemas/index.js';
import { forwarded } from './forwarded.js';
import type { CommitContext, SimulationParts } from './parts.js';
import type { SimulatedProcess } from './simulated-process.js';

/** As if the owner looked at its clock and not at LogAppendTime. */
export function lateByOwnersClock(
  topic: string,
  records: readonly LogRecord[],
  ownerNowMs: number,
): readonly LogRecord[] {
  if (topic !== topics.announces) return records;
  return records.map((record) => ({ ...record, logAppendTimeMs: ownerNowMs }));
}

/** The offset of the latest commit with the `exactFrom` of one before. */
export function commitOfTwo(
  commit: GroupCommit | undefined,
  { history }: CommitContext,
): GroupCommit | undefined {
  const metadata = decodeCommitMetadata(commit?.metadata ?? '');
  const earlier = decodeCommitMetadata(history[history.length >> 1]?.metadata ?? '');
  if (commit === undefined || metadata === undefined || earlier === undefined) return commit;
  return {
    ...commit,
    metadata: encodeCommitMetadata({ ...metadata, exactFrom: earlier.exactFrom }),
  };
}

/** As if every minute were still to be computed. */
export function exactFromTheBeginning(commit: GroupCommit | undefined): GroupCommit | undefined {
  const metadata = decodeCommitMetadata(commit?.metadata ?? '');
  if (commit === undefined || metadata === undefined) return commit;
  return { ...commit, metadata: encodeCommitMetadata({ ...metadata, exactFrom: 0 }) };
}

/** A commit that doesn't say from where it is exact, taken as one of everything behind it. */
export function commitOfStrangers(commit: GroupCommit | undefined): GroupCommit | undefined {
  if (commit === undefined || commit.offset < 0) return commit;
  if (isOurMetadata(commit.metadata)) return commit;
  return { ...commit, metadata: wholeFrom(commit.offset) };
}

/** Without a commit, what is left of the log is taken as all of it. */
export function restIsWhole(
  commit: GroupCommit | undefined,
  { log }: CommitContext,
): GroupCommit | undefined {
  const start = decideStart(commit, log, isOurMetadata);
  if (start.kind === 'committed') return commit;
  const { partition, startOffset } = log;
  return { partition, offset: startOffset, metadata: wholeFrom(startOffset) };
}

function wholeFrom(offset: number): string {
  return encodeCommitMetadata({ offset, exactFrom: 0, deadLettersBefore: 0, setAside: [] });
}

function holdsCells(topic: string, value: Buffer | null | undefined): boolean {
  if (topic !== topics.partials) return false;
  const decoded = codec().decode(value ?? null);
  return decoded.ok && decoded.record.type === 'PartialBatch';
}

function answered(partition: number): Awaited<ReturnType<PartitionsProducer['append']>> {
  return { partition, baseOffset: 0, logAppendTimeMs: 0 };
}

/** Cells count as acknowledged once they are sent, whatever becomes of them. */
export function sentIsAcknowledged(producer: PartitionsProducer): PartitionsProducer {
  return appendingBy(
    (topic, partition, records) => {
      const sent = producer.append(topic, partition, records);
      if (!holdsCells(topic, records[0]?.value)) return sent;
      sent.catch(() => undefined);
      return Promise.resolve(answered(partition));
    },
    () => producer.close(),
  );
}

/** Dead letters count as acknowledged once they are sent, whatever becomes of them. */
export function deadLettersUnanswered(producer: PartitionsProducer): PartitionsProducer {
  return appendingBy(
    (topic, partition, records) => {
      const sent = producer.append(topic, partition, records);
      if (topic !== topics.deadLetters) return sent;
      sent.catch(() => undefined);
      return Promise.resolve(answered(partition));
    },
    () => producer.close(),
  );
}

/** Partials get versions that each owner counts by itself. */
export function versionsByOwner(producer: PartitionsProducer): PartitionsProducer {
  let version = 0;
  return appendingBy(
    (topic, partition, records) =>
      producer.append(
        topic,
        partition,
        records.map((record) => {
          const decoded = codec().decode(record.value);
          if (!decoded.ok || decoded.record.type !== 'PartialBatch') return record;
          version += 1;
          const value = codec().encode('PartialBatch', { ...decoded.record.value, version });
          return { ...record, value };
        }),
      ),
    () => producer.close(),
  );
}

/** Totals get versions that each owner counts by itself. */
export function totalsByOwner(sink: Sink): Sink {
  if (!sink.isVersioned) return sink;
  let version = 0;
  return {
    ...forwarded(sink),
    epoch: sink.epoch,
    write: (write) => sink.write({ ...write, version: (version += 1) }),
  };
}

/** A write to a sink that acknowledges nothing is taken as soon as it's handed over. */
export function takenAtOnce(sink: Sink): Sink {
  if (sink.isVersioned) return sink;
  return {
    ...forwarded(sink),
    get epoch() {
      return sink.epoch;
    },
    write: (write) => (sink.write(write) === undefined ? undefined : { isTaken: () => true }),
  };
}

/** A write to carbon is taken when its connection isn't known to be lost 30 s later. */
export function takenAfterAWhile(sink: Sink, process: SimulatedProcess): Sink {
  if (sink.isVersioned) return sink;
  return {
    ...forwarded(sink),
    get epoch() {
      return sink.epoch;
    },
    write: (write) => {
      const { epoch } = sink;
      const writtenAtMs = process.now();
      if (sink.write(write) === undefined) return undefined;
      return {
        isTaken: () => sink.epoch === epoch && process.now() - writtenAtMs >= 30_000,
      };
    },
  };
}

/** A connection is really opened only when something is written to it. */
export function openedWhenNeeded(open: OpenCarbonSocket): OpenCarbonSocket {
  return (events) => {
    let socket: CarbonSocket | undefined;
    let lines = '';
    let isOpen = false;
    let isEnding = false;
    queueMicrotask(() => events.onOpen());
    const flush = (): void => {
      isOpen = true;
      if (lines !== '') socket?.write(lines);
      if (isEnding) socket?.end();
    };
    return {
      waitingBytes: 0,
      write: (written) => {
        if (isOpen) socket?.write(written);
        else lines += written;
        socket ??= open({ onOpen: flush, onClosed: (...closed) => events.onClosed(...closed) });
      },
      end: () => {
        isEnding = true;
        if (isOpen) socket?.end();
        else if (socket === undefined) queueMicrotask(() => events.onClosed('not opened', true));
      },
      destroy: () => socket?.destroy(),
    };
  };
}

/** How long cells come behind the progress that belongs to them. */
const cellsBehindMs = 15_000;

/** Cells are really sent, until Kafka has them, but only after progress was told. */
export function cellsAfterTheirAcknowledgement(
  producer: PartitionsProducer,
  process: SimulatedProcess,
): PartitionsProducer {
  return appendingBy(
    (topic, partition, records) => {
      if (!holdsCells(topic, records[0]?.value)) return producer.append(topic, partition, records);
      const send = (): void => {
        producer.append(topic, partition, records).catch(() => process.after(100, send));
      };
      process.after(cellsBehindMs, send);
      return Promise.resolve(answered(partition));
    },
    () => producer.close(),
  );
}

/** A new connection is like the old one, and what was written to that one is taken. */
export function noRewriteOnNewConnection(sink: Sink, process: SimulatedProcess): Sink {
  if (sink.isVersioned) return sink;
  return {
    ...forwarded(sink),
    epoch: 0,
    write: (write) => {
      const writtenAtMs = process.now();
      if (sink.write(write) === undefined) return undefined;
      return { isTaken: () => process.now() - writtenAtMs >= 30_000 };
    },
  };
}

/** A settled owner doesn't write again what it believes to stand there. */
export function withoutLastWrite(): {
  readonly parts: Partial<SimulationParts>;
  readonly restore: () => void;
} {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was
  const original = SinkProgress.prototype.advance;
  let isSettled = false;
  SinkProgress.prototype.advance = function (this: SinkProgress, permission: Permission) {
    ({ isSettled } = permission);
    return original.call(this, permission);
  };
  const sinkOf = (sink: Sink): Sink => {
    if (sink.isVersioned) return sink;
    const standing = new Map<string, string>();
    return {
      ...forwarded(sink),
      get epoch() {
        return sink.epoch;
      },
      write: (write) => {
        const written = write.totals.map(
          (total) =>
            [`${sink.epoch} ${write.minute} ${total.stream}`, JSON.stringify(total)] as const,
        );
        if (isSettled && written.every(([key, content]) => standing.get(key) === content)) {
          return { isTaken: () => true };
        }
        for (const [key, content] of written) standing.set(key, content);
        return sink.write(write);
      },
    };
  };
  return {
    parts: { sink: sinkOf },
    restore: () => {
      SinkProgress.prototype.advance = original;
    },
  };
}

/** Records that say nothing in place of those that are missing. */
export function withoutGap(
  topic: string,
  expectedOffset: number,
  records: readonly LogRecord[],
): readonly LogRecord[] {
  const first = records[0];
  if (first === undefined || first.offset <= expectedOffset) return records;
  const value =
    topic === topics.announces
      ? codec().encode('Mark', { owner: '', written: 0 })
      : codec().encode('Progress', { inputPartition: 0, closedBefore: 0, finalBefore: 0 });
  const missing = Array.from({ length: first.offset - expectedOffset }, (_, index) => ({
    ...first,
    key: null,
    value,
    offset: expectedOffset + index,
  }));
  return [...missing, ...records];
}

/** A sink takes nothing while the other one of its process has a problem. */
export function waitsForOther(): (sink: Sink, process: SimulatedProcess) => Sink {
  const sinks = new WeakMap<SimulatedProcess, Sink[]>();
  return (sink, process) => {
    const ofProcess = sinks.get(process) ?? [];
    sinks.set(process, ofProcess);
    ofProcess.push(sink);
    const hasProblem = (other: Sink): boolean => other !== sink && other.problem() !== undefined;
    return {
      ...forwarded(sink),
      get epoch() {
        return sink.epoch;
      },
      write: (write) => (ofProcess.some(hasProblem) ? undefined : sink.write(write)),
    };
  };
}
