import type { FastifyPluginCallback } from 'fastify';
import { named } from '../named-plugin.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { StreamChanges } from '../stream-changes.js';
import type { StreamQuotasMax } from '../stream-quotas.js';
import { groupRoutes } from './groups.js';
import { historyRoutes } from './history.js';
import { snippetRoutes } from './snippet.js';
import { streamRoutes } from './streams.js';
import { transferRoutes } from './transfer.js';

export interface StreamsApiOptions {
  readonly catalog: StreamCatalog;
  readonly quotas: StreamQuotasMax;
  /** The trackers as viewers reach them; empty: not told. */
  readonly trackerUrl: string;
}

/** All that is about streams but their figures. */
export function streamsApi({
  catalog,
  quotas,
  trackerUrl,
}: StreamsApiOptions): FastifyPluginCallback {
  const changes = new StreamChanges(catalog, quotas);
  return (app, _options, done) => {
    app.register(named('streams', streamRoutes(catalog, changes)));
    app.register(named('history', historyRoutes(catalog)));
    app.register(named('groups', groupRoutes(catalog)));
    app.register(named('transfer', transferRoutes(catalog, changes)));
    app.register(named('snippet', snippetRoutes(catalog, trackerUrl)));
    done();
  };
}
