import type { KafkaConnection } from '../kafka/index.js';
import type { ServiceContext } from '../service/run-service.js';
import { openCluster, type OpenedCluster } from './open-cluster.js';
import { tellRegistry } from './registry-metrics.js';
import { registryRoute } from './registry-route.js';

type ContextParts = 'logger' | 'metrics' | 'stopping' | 'onStop' | 'onAdminRequest';

/**
 * `openCluster` for a service: the registry is followed until its stop, and its metrics and
 * `/registry` of its admin port tell how far.
 */
export async function joinCluster(
  kafka: KafkaConnection,
  context: Pick<ServiceContext<unknown>, ContextParts>,
): Promise<OpenedCluster> {
  const { logger, metrics, stopping, onStop, onAdminRequest } = context;
  const opened = await openCluster({ kafka, logger, stopping });
  const { registry } = opened;
  onStop('registry', () => registry.stop());
  tellRegistry(metrics, registry, Date.now);
  onAdminRequest('/registry', registryRoute(registry));
  return opened;
}
