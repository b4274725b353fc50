import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectKafka, type KafkaConnection } from '../../kafka/index.js';
import { AppError, messageOf } from '../../service/errors.js';
import { startStack, type ServiceProcess, type Stack } from '../stack/index.js';
import { SmallDisk } from './small-disk.js';
import { clusterTimes, topicShape } from './settings.js';

/** The system under test and what faults need of it. */
export interface FaultSystem {
  readonly stack: Stack;
  /** Owners of partials alone, of totals alone, and one that takes over from both. */
  readonly partials: ServiceProcess;
  readonly totals: ServiceProcess;
  readonly spare: ServiceProcess;
  readonly tracker: ServiceProcess;
  readonly ingest: ServiceProcess;
  readonly kafka: KafkaConnection;
  /** ClickHouse's disk, or why there's none that can be filled. */
  readonly disk: SmallDisk | string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly wait: (durationMs: number) => Promise<void>;
}

export interface RunningSystem extends FaultSystem {
  stop(): Promise<void>;
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Three brokers, two of everything that can be two; each fault's streams are registered. */
export async function startSystem(
  streams: readonly string[],
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<RunningSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'viblast-faults-'));
  const dataFolder = join(folder, 'clickhouse');
  mkdirSync(dataFolder);
  const disk = SmallDisk.mount(dataFolder);
  const release = (): void => {
    if (typeof disk !== 'string') disk.unmount();
  };
  try {
    const stack = await startStack({
      ...clusterTimes,
      ...topicShape,
      brokers: 3,
      trackers: 2,
      ingests: 2,
      portal: true,
      streams,
      folder,
      progress: say,
      signal,
    });
    try {
      return { ...(await parts(stack, say, signal)), disk, stop: () => stop(stack, release, say) };
    } catch (error) {
      await stack.stop();
      throw error;
    }
  } catch (error) {
    release();
    throw error;
  }
}

async function parts(
  stack: Stack,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Omit<FaultSystem, 'disk'>> {
  const [partials, totals, spare] = await Promise.all([
    stack.addRollup('partials'),
    stack.addRollup('totals'),
    stack.addRollup(),
  ]);
  const [tracker] = stack.trackers;
  const [ingest] = stack.ingests;
  if (tracker === undefined || ingest === undefined) {
    throw new AppError('stack_incomplete', 'the stack has no tracker or no ingest');
  }
  const kafka = connectKafka({
    brokers: stack.kafka.brokers,
    clientId: 'faults',
    logger: silent,
  });
  return {
    stack,
    partials,
    totals,
    spare,
    tracker,
    ingest,
    kafka,
    signal,
    say,
    wait: (durationMs) => wait(durationMs, undefined, { signal }),
  };
}

let keepsFolder = false;

/** Data and logs stay after `stop()`: something is to be looked into. */
export function keepFolder(): void {
  keepsFolder = true;
}

async function stop(stack: Stack, release: () => void, say: (line: string) => void): Promise<void> {
  await stack.stop();
  release();
  if (keepsFolder) say(`data and logs are kept in ${stack.folder}`);
  else rmSync(stack.folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Base processes of the system that answer for themselves, by name. */
export function allServices({ stack }: FaultSystem): readonly ServiceProcess[] {
  return [...stack.trackers, ...stack.rollups, ...stack.ingests];
}

/**
 * Resolves when all of these say that they are ready; throws an AppError when not within the time.
 */
export async function untilReady(
  services: readonly ServiceProcess[],
  system: Pick<FaultSystem, 'wait'>,
  withinMs: number,
): Promise<void> {
  const endMs = Date.now() + withinMs;
  for (const service of services) {
    for (;;) {
      const problem = await readiness(service);
      if (problem === undefined) break;
      if (Date.now() > endMs) {
        throw new AppError('not_ready', `${service.name} is not ready: ${problem}`);
      }
      await system.wait(200);
    }
  }
}

async function readiness(service: ServiceProcess): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${service.admin}/readyz`, {
      signal: AbortSignal.timeout(2_000),
    });
    const text = await response.text();
    return response.status === 200 ? undefined : text;
  } catch (error) {
    return messageOf(error);
  }
}
