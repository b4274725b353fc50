import type { BalanceMode } from '../balance-modes.js';
import { isInContainers } from '../containers/is-in-containers.js';
import { prepareContainers } from '../containers/prepare.js';
import { installPackages, opensslNeed, stackNeeds } from '../install/debian-packages.js';
import type { Supervisor } from '../process/supervisor.js';
import { startClickHouse, type ClickHouseServer } from './clickhouse.js';
import { startGraphite, type GraphiteServers } from './graphite.js';
import { HaproxyServer } from './haproxy.js';
import { startKafka, type KafkaServers } from './kafka.js';

export interface Servers {
  readonly kafka: KafkaServers;
  readonly clickhouse: ClickHouseServer;
  readonly graphite: GraphiteServers;
  readonly haproxy: HaproxyServer;
}

/** Installs what is missing, then starts the four servers side by side. */
export async function startServers(
  supervisor: Supervisor,
  options: {
    readonly brokers: 1 | 3;
    readonly intervalSeconds: number;
    readonly balance: BalanceMode;
    readonly isSecured: boolean;
  },
): Promise<Servers> {
  const needs = isInContainers() ? [] : stackNeeds;
  const allNeeds = options.isSecured ? [...needs, opensslNeed] : needs;
  await installPackages(allNeeds, (line) => supervisor.say(line));
  if (isInContainers()) await prepareContainers(supervisor);
  const [kafka, clickhouse, graphite, haproxy] = await allOrFirstError([
    startKafka(supervisor, options.brokers, options.isSecured),
    startClickHouse(supervisor),
    startGraphite(supervisor, options.intervalSeconds),
    HaproxyServer.start(supervisor, 'haproxy', options.balance),
  ]);
  return { kafka, clickhouse, graphite, haproxy };
}

/**
 * As Promise.all, but rejects only when nothing is being started any more, so that all can be
 * ended.
 */
async function allOrFirstError<const Starts extends readonly Promise<unknown>[]>(
  starts: Starts,
): Promise<{ -readonly [Index in keyof Starts]: Awaited<Starts[Index]> }> {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}
