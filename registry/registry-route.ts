import type { AdminRoute } from '../service/admin-server.js';
import type { Registry } from './registry.js';

/**
 * What the admin port tells at `/registry`: how far this process has read the log, and what that
 * came to. Processes of one version that have read as far agree where their digests do.
 */
export function registryRoute(registry: Registry): AdminRoute {
  return (method) => {
    if (method !== 'GET') return { status: 405, body: { allowed: 'GET' } };
    const { nextOffset, digest, brokenRecords } = registry;
    return { status: 200, body: { nextOffset, digest, brokenRecords } };
  };
}
