import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { clusterDefaults, defaultStreams, registerStreams, setUpCluster } from './cluster.js';
import { LocalStack } from './local-stack.js';
import { Supervisor } from './process/supervisor.js';
import { startServers } from './servers/index.js';
import { Services } from './services.js';
import type { Stack, StackOptions } from './types.js';

export { Build, environmentOf } from './build.js';
export { clusterDefaults, registerStreams, setUpCluster } from './cluster.js';
export type { LabErrorCode } from './error-codes.js';
export { browserNeed, installPackages, prometheusNeed } from './install/debian-packages.js';
export { debootstrap } from './install/debootstrap.js';
export { must } from './install/must.js';
export { pythonProgram } from './install/python-program.js';
export { schemathesis } from './install/schemathesis.js';
export { findCommand, runCommand, type CommandResult } from './install/run-command.js';
export { growth, metricSum, parseMetrics, readMetrics, sumOf, type Series } from './metrics.js';
export { olderBuild } from './older-build.js';
export { ownedPartitions } from './owned-partitions.js';
export { compiledTree } from './process/compiled-tree.js';
export { PortReservations } from './process/ports.js';
export {
  cpuSecondsOf,
  firstThreadCpuMsOf,
  residentBytesOf,
  wakeUpsOf,
} from './process/process-figures.js';
export { asItComes, TcpRelay } from './tcp-relay.js';
export { waitUntil, type WaitOutcome } from './process/wait-until.js';
export type {
  HaproxyProcess,
  Prometheus,
  ServiceProcess,
  Stack,
  StackAddresses,
  StackOptions,
  StackProcess,
  TrackerProcess,
} from './types.js';

/**
 * Starts the four servers and the services that the options name (none by default), installs what
 * is missing first, and resolves when all are ready. Rejects with a StartError that shows the log's
 * end of what failed; everything has been ended then, and the logs are kept.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const supervisor = new Supervisor({ folder: options.folder, progress: options.progress });
  const abort = (): void => void supervisor.close(0);
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  options.signal?.addEventListener('abort', abort);
  try {
    options.signal?.throwIfAborted();
    const servers = await startServers(supervisor, {
      brokers: options.brokers ?? 1,
      intervalSeconds: options.intervalSeconds ?? clusterDefaults.intervalSeconds,
      balance: options.balance ?? 'leastconn',
      isSecured: options.secure ?? false,
    });
    const streams = options.streams ?? defaultStreams;
    const ringSettings = { cluster_membership: options.membership ?? 'automatic' };
    const services = new Services(supervisor, servers, '', ringSettings, options.build);
    const stack = new LocalStack(supervisor, servers, services, streams);
    await startServices(stack, streams, options);
    options.signal?.throwIfAborted();
    return stack;
  } catch (error) {
    if (options.signal?.aborted !== true) supervisor.keepLogs();
    await supervisor.close(2_000);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

async function startServices(
  stack: LocalStack,
  streams: readonly string[],
  options: StackOptions,
): Promise<void> {
  const { trackers = 0, rollups = 0, ingests = 0, portal = false, progress } = options;
  if (trackers + rollups + ingests === 0 && !portal) return;
  const { brokers, settings } = stack.kafka;
  progress?.('setting up the cluster: topics and settings');
  await setUpCluster(brokers, options, settings, options.build);
  if (portal) await stack.addPortal(randomBytes(24).toString('base64url'));
  if (streams.length > 0) progress?.(`registering the streams ${streams.join(', ')}`);
  await registerStreams(streams, brokers, stack.portal, settings, options.build);
  await settleAll([
    stack.addTrackers(trackers),
    ...Array.from({ length: rollups }, () => stack.addRollup()),
    ...Array.from({ length: ingests }, () => stack.addIngest()),
  ]);
}

/** As Promise.all, but rejects only when nothing is being started any more. */
async function settleAll(starts: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(starts);
  await Promise.all(starts);
}
export { runProgram, show, type ProgramOutput } from './run-program.js';
