import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaConnection } from '../kafka/index.js';
import { topics } from '../schemas/index.js';
import { AppError, exitCode, messageOf, StartError } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import { checkCluster, neededTopics } from './cluster-checks.js';
import { Registry } from './registry.js';
import type { ClusterSettings } from './types.js';

const retryAfterMs = 1_000;

export interface OpenClusterOptions {
  readonly kafka: KafkaConnection;
  readonly logger: Logger;
  /** Ends the waiting for a broker that is away. */
  readonly stopping: AbortSignal;
  /** The topics that the service uses, checked. Default: all without which nothing works. */
  readonly topicsNeeded?: readonly string[];
}

export interface OpenedCluster {
  readonly cluster: ClusterSettings;
  /** Followed from now on; the caller stops it. */
  readonly registry: Registry;
}

/** As it was found, with what should be said of it. */
interface FoundCluster extends OpenedCluster {
  readonly warnings: readonly string[];
}

/**
 * What every service does first: waits for Kafka, visibly, for ever or until `stopping`; reads the
 * registry and goes on following it; checks the topics; says aloud what is not for production.
 * Throws a StartError: `not_set_up` or `wrong_topic`, exit code 69.
 */
export async function openCluster(options: OpenClusterOptions): Promise<OpenedCluster> {
  const { warnings, ...opened } = await untilFound(options);
  for (const warning of warnings) options.logger.warn({}, warning);
  const { minInsyncReplicas, replicationFactor } = opened.cluster;
  if (minInsyncReplicas === 1) {
    options.logger.warn(
      { minInsyncReplicas, replicationFactor },
      'min.insync.replicas is 1: what one broker alone acknowledged is lost with it; not for production',
    );
  }
  return opened;
}

/** As `openCluster`, without a word about what is not as it was set up, nor for production. */
export async function openRegistry(options: OpenClusterOptions): Promise<OpenedCluster> {
  const { cluster, registry } = await untilFound(options);
  return { cluster, registry };
}

async function untilFound(options: OpenClusterOptions): Promise<FoundCluster> {
  const { kafka, logger, stopping } = options;
  const limitedLog = new RateLimitedLog(Date.now, 5_000);
  const waiting = (reason: string): void =>
    limitedLog.log('waiting', () => logger.warn({ reason }, 'waiting for Kafka'));
  for (;;) {
    await kafka.waitUntilReachable(waiting, stopping);
    stopping.throwIfAborted();
    try {
      return await openOnce(options);
    } catch (error) {
      // A broker that answers may yet be starting, or go away again.
      if (!(error instanceof AppError) || !error.retryable) throw error;
      waiting(messageOf(error));
      await delay(retryAfterMs, undefined, { signal: stopping });
    }
  }
}

async function openOnce(options: OpenClusterOptions): Promise<FoundCluster> {
  const { kafka, logger, topicsNeeded = neededTopics } = options;
  const admin = await kafka.admin();
  try {
    if ((await admin.describeTopic(topics.registry)) === undefined) {
      throw notSetUp('the topic "registry" does not exist');
    }
    const registry = new Registry(kafka, logger);
    try {
      await registry.start();
      const cluster = registry.cluster();
      if (cluster === undefined) throw notSetUp('the registry holds no settings of a cluster');
      const warnings = await checkCluster(admin, cluster, topicsNeeded);
      return { cluster, registry, warnings };
    } catch (error) {
      await registry.stop();
      throw error;
    }
  } finally {
    await admin.close();
  }
}

function notSetUp(what: string): StartError {
  const message = `this Kafka is not set up: ${what}; run "vba-admin setup"`;
  return new StartError('not_set_up', message, exitCode.unavailable);
}
