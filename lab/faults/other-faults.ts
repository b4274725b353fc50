import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { topics } from '../../schemas/index.js';
import { AppError } from '../../service/errors.js';
import { fullDiskMs, intervalMs, topicShape } from './settings.js';
import { untilReady, type FaultSystem } from './system.js';

const minutesWithMore = 3;
const readyMsMax = 60_000;

/**
 * SIGUSR2 to the master: a new worker takes over, the former one keeps its sockets until they
 * close.
 */
export async function reloadHaproxy({ stack, wait }: FaultSystem): Promise<readonly string[]> {
  const { pid } = stack.haproxy.process;
  process.kill(pid, 'SIGUSR2');
  // Twice, as when two changes come one after the other.
  await wait(intervalMs);
  process.kill(pid, 'SIGUSR2');
  return [];
}

export async function consumersComeAndGo(system: FaultSystem): Promise<readonly string[]> {
  const { stack, wait, say } = system;
  say('adding a rollup and an ingest');
  const added = await Promise.all([stack.addRollup(), stack.addIngest()]);
  await wait(minutesWithMore * intervalMs);
  say('they go again');
  await Promise.all(added.map((service) => service.stop()));
  return [];
}

/** A third tracker, its clock off, that comes before the viewers do and goes in mid-minute. */
export function clockShift(shiftMs: number): {
  readonly prepare: (system: FaultSystem) => Promise<() => Promise<void>>;
  readonly strike: (system: FaultSystem) => Promise<readonly string[]>;
} {
  const module = new URL(`./clock-shift.js?ms=${shiftMs}`, import.meta.url);
  const nodeArguments = ['--import', `file://${fileURLToPath(module)}${module.search}`];
  let stop: (() => Promise<void>) | undefined;
  return {
    prepare: async ({ stack }) => {
      const tracker = await stack.addTracker({ nodeArguments });
      stop = () => tracker.stop();
      return stop;
    },
    strike: async ({ wait }) => {
      await wait(minutesWithMore * intervalMs);
      await stop?.();
      return [];
    },
  };
}

/** Into every partition, so that every owner meets some, of both topics that rollups read. */
export async function poison({ kafka, wait }: FaultSystem): Promise<readonly string[]> {
  const producer = await kafka.producer();
  const values = [
    randomBytes(200),
    null,
    Buffer.concat([Buffer.from([0xc3, 0x01]), randomBytes(60)]),
  ];
  const places = [
    { topic: topics.announces, partitions: topicShape.partitions },
    { topic: topics.partials, partitions: topicShape.partialPartitions },
  ];
  try {
    for (const { topic, partitions } of places) {
      for (let partition = 0; partition < partitions; partition += 1) {
        const records = values.map((value) => ({ value }));
        await producer.append(topic, partition, records);
      }
    }
  } finally {
    await producer.close();
  }
  await wait(intervalMs);
  const records = values.length * places.reduce((sum, { partitions }) => sum + partitions, 0);
  return [`${records} broken records`];
}

/** Nothing more can be written, to any table, until there is room again. */
export async function fullDisk(system: FaultSystem): Promise<readonly string[]> {
  const { disk, wait, say, stack } = system;
  if (typeof disk === 'string') throw new AppError('no_disk', disk);
  say('the disk of ClickHouse is full');
  disk.fill();
  try {
    await wait(fullDiskMs);
  } finally {
    disk.free();
  }
  say('there is room again');
  await untilReady(
    [...stack.rollups.slice(0, 3), ...stack.ingests.slice(0, 2)],
    system,
    readyMsMax,
  );
  return [];
}
