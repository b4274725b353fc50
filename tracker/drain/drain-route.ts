import type { AdminRoute } from '../../service/admin-server.js';
import type { Drain } from './drain.js';

/**
 * What the admin port does at `/drain`: GET tells how far it is, POST begins, DELETE takes it back,
 * unless the tracker stops. None of them waits for the end. Each answer names the node, since who
 * asks may have come to another one.
 */
export function drainRoute(drain: Drain, node: string): AdminRoute {
  return (method) => {
    if (method === 'POST') void drain.start();
    else if (method === 'DELETE') {
      if (!drain.cancel()) return { status: 409, body: { node, error: 'this tracker stops' } };
    } else if (method !== 'GET') return { status: 405, body: { allowed: 'GET, POST, DELETE' } };
    return { status: method === 'POST' ? 202 : 200, body: { node, ...drain.status() } };
  };
}
