import { Command } from 'commander';
import {
  clusterChoiceOf,
  openCluster,
  readMembers,
  type ClusterSettings,
  type SeenMember,
} from '../registry/index.js';
import { topics } from '../schemas/index.js';
import { secondsSince } from './cluster/ring-report.js';
import { withCommonOptions, type CommonOptions } from './options.js';
import { plainTable } from './plain-table.js';
import { commandLogger, print, withKafka } from './with-kafka.js';

interface StatusOptions extends CommonOptions {
  readonly json: boolean;
}

/** `vba-admin status` and `vbt-admin status`. */
export function statusCommand(): Command {
  return withCommonOptions(new Command('status'))
    .description("the live nodes and the cluster's settings")
    .option('--json', 'one JSON object', false)
    .action(async (options: StatusOptions) => {
      const { cluster, members } = await withKafka(options, async (kafka, deadline) => {
        const opened = await openCluster({
          kafka,
          logger: commandLogger,
          stopping: deadline,
          topicsNeeded: [topics.registry, topics.members],
        });
        await opened.registry.stop();
        const { live } = await readMembers(kafka);
        return { cluster: opened.cluster, members: live };
      });
      if (options.json) printJson(cluster, members);
      else printTables(cluster, members);
    });
}

function printJson(cluster: ClusterSettings, members: readonly SeenMember[]): void {
  print(
    JSON.stringify({
      cluster: { revision: cluster.revision, ...clusterChoiceOf(cluster) },
      members: members.map(({ member, seenAtMs }) => ({ ...member, seenAtMs })),
    }),
  );
}

function printTables(cluster: ClusterSettings, members: readonly SeenMember[]): void {
  const settings = plainTable(['setting', 'value']);
  settings.push(...Object.entries(clusterChoiceOf(cluster)));
  print(settings.toString());
  if (members.length === 0) {
    print('no live nodes');
    return;
  }
  const nodes = plainTable([
    'node',
    'role',
    'state',
    'admin',
    'load',
    'partitions',
    'settings',
    'seen s ago',
  ]);
  const nowMs = Date.now();
  for (const { member, seenAtMs } of members) {
    nodes.push([
      member.name,
      member.role,
      member.state,
      member.address,
      `${Math.round(member.load * 100)} %`,
      member.owned.length,
      member.settingsFingerprint.slice(0, 8),
      secondsSince(seenAtMs, nowMs),
    ]);
  }
  print(nodes.toString());
}
