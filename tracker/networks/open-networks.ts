import { exitCode, messageOf, StartError } from '../../service/errors.js';
import { RateLimitedLog, type Logger } from '../../service/logs.js';
import type { ServiceContext } from '../../service/run-service.js';
import { NetworkMetrics } from './network-metrics.js';
import { WatchedDatabases } from './watched-databases.js';

/** New files come once a day or week. */
const lookEveryMs = 60_000;

/** Names the file in which a lookup met a broken entry, now and then. */
function brokenLog(logger: Logger): (path: string, error: unknown) => void {
  const limitedLog = new RateLimitedLog(Date.now, lookEveryMs);
  return (path, error) =>
    limitedLog.log(path, (heldBack) =>
      logger.warn(
        { file: path, error: messageOf(error), heldBack },
        'a network database is broken inside: viewers count as unknown',
      ),
    );
}

/**
 * The network databases that the settings name, taken anew when a file changes and at SIGHUP.
 * Rejects with a StartError where one of them can't be read, or is something else.
 */
export async function openNetworks<Settings extends { readonly network_databases: string[] }>({
  settings,
  logger,
  metrics: registry,
  onStop,
  onReload,
}: ServiceContext<Settings>): Promise<WatchedDatabases> {
  const metrics = new NetworkMetrics(registry);
  const tellBroken = brokenLog(logger);
  const networks = new WatchedDatabases(settings.network_databases, logger, (path, error) => {
    metrics.lookupFailed();
    tellBroken(path, error);
  });
  try {
    await networks.readChanged();
  } catch (error) {
    const message = `setting "network_databases": ${messageOf(error)}`;
    throw new StartError('configuration', message, exitCode.configuration, error);
  }
  onReload('network databases', () => networks.refresh());
  if (settings.network_databases.length === 0) return networks;
  const looking = setInterval(() => void networks.refresh(), lookEveryMs);
  onStop('network databases', () => clearInterval(looking));
  return networks;
}
