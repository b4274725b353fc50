import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  appendingBy,
  type LogRecord,
  type OwnedPartition,
  type StartPosition,
} from '../kafka/index.js';
import { codec, topics, type DeadLetter } from '../schemas/index.js';
import { PartitionWatch } from '../service/partition-watch.js';
import { patch } from '../service/testing/patch.js';
import { decodeCommitMetadata } from './commit-point.js';
import { PartialsReader } from './partials/partials-reader.js';
import { PartitionMinutes } from './partials/partition-minutes.js';
import { announce } from './testing/announces.js';
import { takingProducer, testPartition, testParts, wholeLog } from './testing/stage-parts.js';

function batch(offset: number, stream: string): LogRecord {
  const announces = [announce({ stream })];
  const value = codec().encode('AnnounceBatch', { tracker: 't', written: 0, announces });
  return { partition: 0, offset, logAppendTimeMs: 0, key: null, value };
}

const log = [batch(0, 'arena'), batch(1, 'cursed'), batch(2, 'studio')];

let restore: () => void = () => undefined;

/** Applying the batch of this stream fails each time. */
function curse(stream: string): void {
  restore = patch(
    PartitionMinutes.prototype,
    'applyColumns',
    (apply) =>
      function (this: PartitionMinutes, offset, timeMs, columns) {
        if (columns.streams[0] === stream) throw new Error(`no way to apply ${stream}`);
        return apply.call(this, offset, timeMs, columns);
      },
  );
}

afterEach(() => {
  restore();
  jest.restoreAllMocks();
});

/** What an owner does with the log: begins again after a failure, as the group consumer does. */
async function readLog(start: StartPosition, attempts: number) {
  const letters: DeadLetter[] = [];
  const commits: string[] = [];
  let nowMs = 0;
  const watch = new PartitionWatch(() => nowMs);
  const parts = testParts({
    watch,
    producer: appendingBy((topic, partition, records) => {
      const decoded = codec().decode(records[0]?.value ?? null);
      if (decoded.ok && decoded.record.type === 'DeadLetter') letters.push(decoded.record.value);
      return takingProducer.append(topic, partition, records);
    }),
  });
  const changes: Partial<OwnedPartition> = {
    commit: (_offset, metadata) => {
      commits.push(metadata);
      return Promise.resolve(true);
    },
  };
  const failures: string[] = [];
  let isRead = false;
  for (let attempt = 0; attempt < attempts && !isRead; attempt += 1) {
    const reader = new PartialsReader(testPartition(topics.announces, changes), start, parts);
    isRead = await reader.read(log.slice(start.offset)).then(
      () => true,
      (error: unknown) => {
        failures.push(String(error));
        reader.close();
        return false;
      },
    );
    nowMs += 30_000;
    if (isRead) await new Promise((resolve) => setImmediate(resolve));
  }
  return { letters, commits, failures, isRead, watch, standing: watch.standing() };
}

describe('a record that cannot be applied', () => {
  it('is tried three times, kept aside with its bytes, and passed; all others count', async () => {
    curse('cursed');
    const { letters, failures, isRead, commits, standing } = await readLog(wholeLog(3), 10);
    expect(failures).toEqual(new Array(3).fill('Error: no way to apply cursed'));
    expect(isRead).toBe(true);
    expect(letters).toMatchObject([
      { topic: topics.announces, offset: 1, reason: 'not_applicable', value: log[1]?.value },
    ]);
    expect(standing).toEqual([]);
    expect(commits.map(decodeCommitMetadata).at(-1)).toMatchObject({ setAside: [1] });
  });

  it('is passed at once by the next owner, who would count it otherwise', async () => {
    const metadata = '{"v":1,"offset":0,"exactFrom":0,"deadLettersBefore":2,"setAside":[1]}';
    const start: StartPosition = { kind: 'committed', offset: 0, metadata, endOffset: 3 };
    const applied = jest.spyOn(PartitionMinutes.prototype, 'applyColumns');
    const { letters, failures } = await readLog(start, 1);
    expect({ letters, failures }).toEqual({ letters: [], failures: [] });
    expect(applied.mock.calls.map(([offset]) => offset)).toEqual([0, 2]);
  });

  it('makes its partition stand still, by its name and reason, until it is passed', async () => {
    curse('cursed');
    const twice = await readLog(wholeLog(3), 2);
    expect(twice.standing).toMatchObject([
      {
        partition: 'announces/0',
        standsMs: 60_000,
        reason: 'the record at offset 1 cannot be applied: no way to apply cursed',
      },
    ]);
  });
});
