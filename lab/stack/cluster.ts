import { exitCode, StartError } from '../../service/errors.js';
import { Build, environmentOf } from './build.js';
import { runCommand } from './install/run-command.js';
import type { StackOptions } from './types.js';

/** What services need beside the brokers' addresses to get in. */
type KafkaSettings = Readonly<Record<string, string>>;

/** The local cluster's settings, unless told otherwise. */
export const clusterDefaults = {
  partitions: 8,
  partialPartitions: 4,
  intervalSeconds: 60,
  lateSeconds: 180,
  graceSeconds: 60,
  takeoverSeconds: 60,
};

/** What the portal answers where a stream is registered already. */
const existsStatus = 409;

/** The streams that a local stack registers, unless told otherwise. */
export const defaultStreams: readonly string[] = ['arena-main', 'studio-2', 'cinema-9'];

/** Makes the topics and the cluster's settings, as `vba-admin setup` does in production. */
export async function setUpCluster(
  brokers: readonly string[],
  options: StackOptions,
  kafkaSettings: KafkaSettings = {},
  build = new Build(),
): Promise<void> {
  const replicas = options.brokers ?? 1;
  const settings = {
    '--partitions': options.partitions ?? clusterDefaults.partitions,
    '--partial-partitions': options.partialPartitions ?? clusterDefaults.partialPartitions,
    '--interval-seconds': options.intervalSeconds ?? clusterDefaults.intervalSeconds,
    '--late-seconds': options.lateSeconds ?? clusterDefaults.lateSeconds,
    '--grace-seconds': options.graceSeconds ?? clusterDefaults.graceSeconds,
    '--takeover-seconds': options.takeoverSeconds ?? clusterDefaults.takeoverSeconds,
    '--replication-factor': replicas,
    '--min-insync-replicas': replicas === 1 ? 1 : 2,
  };
  const flags = Object.entries(settings).flatMap(([flag, value]) => [flag, String(value)]);
  await admin(build, ['setup', ...flags], brokers, kafkaSettings);
}

/** Registers the streams that aren't yet, through the portal where there is one. */
export async function registerStreams(
  keys: readonly string[],
  brokers: readonly string[],
  portal: { readonly url: string; readonly token: string } | undefined,
  kafkaSettings: KafkaSettings = {},
  build = new Build(),
): Promise<void> {
  if (portal !== undefined) {
    for (const key of keys) await registerByPortal(portal, key);
    return;
  }
  const list = await admin(build, ['stream', 'list', '--json'], brokers, kafkaSettings);
  const known = streamKeys(list);
  for (const key of keys) {
    if (!known.has(key)) await admin(build, ['stream', 'create', key], brokers, kafkaSettings);
  }
}

async function admin(
  build: Build,
  args: readonly string[],
  brokers: readonly string[],
  kafkaSettings: KafkaSettings,
): Promise<string> {
  const program = build.programAt('admin', 'vba-admin.js');
  const environment = environmentOf({ ...kafkaSettings, kafka_brokers: brokers.join(',') });
  const result = await runCommand(process.execPath, [program, ...args], { environment });
  if (result.code === 0) return result.output;
  throw new StartError(
    'admin_failed',
    `vba-admin ${args.join(' ')} failed with code ${result.code}:\n${result.output}`,
    exitCode.unavailable,
  );
}

async function registerByPortal(
  portal: { readonly url: string; readonly token: string },
  key: string,
): Promise<void> {
  const response = await fetch(`${portal.url}/api/v1/streams`, {
    method: 'POST',
    headers: { authorization: `Bearer ${portal.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.ok || response.status === existsStatus) return;
  throw new StartError(
    'portal_refused',
    `the portal answered POST /api/v1/streams with ${response.status}: ${text}`,
    exitCode.unavailable,
  );
}

/** The keys of `[{"key":…}…]` in the last line that was printed. */
function streamKeys(text: string): Set<string> {
  const list: unknown = JSON.parse(text.trim().split('\n').at(-1) ?? '');
  if (!Array.isArray(list)) return new Set();
  return new Set(
    list.flatMap((entry: unknown) =>
      typeof entry === 'object' && entry !== null && 'key' in entry ? [String(entry.key)] : [],
    ),
  );
}
