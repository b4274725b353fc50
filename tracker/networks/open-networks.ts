import { exitCode, messageOf, StartError } from '../../service/errors.js';
import type { ServiceContext } from '../../service/run-service.js';
import { WatchedDatabases } from './watched-databases.js';

/** New files come once a day or week. */
const lookEveryMs = 60_000;

/**
 * The network databases that the settings name, taken anew when a file changes and at SIGHUP.
 * Rejects with a StartError where one of them can't be read, or is something else.
 */
export async function openNetworks<Settings extends { readonly network_databases: string[] }>({
  settings,
  logger,
  onStop,
  onReload,
}: ServiceContext<Settings>): Promise<WatchedDatabases> {
  const networks = new WatchedDatabases(settings.network_databases, logger);
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
