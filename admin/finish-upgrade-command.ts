import { Command } from 'commander';
import {
  clusterChoiceOf,
  olderReaders,
  readersOf,
  readMembers,
  type ClusterSettings,
  type SeenMembers,
} from '../registry/index.js';
import { newestRecordsVersion } from '../schemas/index.js';
import { StartError } from '../service/errors.js';
import { withCommonOptions, type CommonOptions } from './options.js';
import { refusedExitCode, withRegistryWriter } from './registry-following.js';
import { print } from './with-kafka.js';

/** `vba-admin finish-upgrade`. */
export function finishUpgradeCommand(actor: string): Command {
  return withCommonOptions(new Command('finish-upgrade'))
    .description(
      'have announces and partials written by the newest version of their schemas, for good: ' +
        'once no node of an earlier version is left, nor is to come back',
    )
    .action(async (options: CommonOptions) => {
      const { cluster, isNew } = await finishUpgrade(options, actor);
      const version = `records are written by version ${cluster.recordsVersion}`;
      print(isNew ? `${version} from now on` : `${version} already`);
    });
}

async function finishUpgrade(
  options: CommonOptions,
  actor: string,
): Promise<{ cluster: ClusterSettings; isNew: boolean }> {
  return await withRegistryWriter(options, async ({ kafka, cluster, writer }) => {
    if (cluster.recordsVersion === newestRecordsVersion) return { cluster, isNew: false };
    checkReaders(await readMembers(kafka));
    const choice = { ...clusterChoiceOf(cluster), recordsVersion: newestRecordsVersion };
    const outcome = await writer.setCluster(choice, cluster.revision, actor);
    if (outcome.ok) return { cluster: outcome.cluster, isNew: true };
    throw new StartError(outcome.reason, outcome.detail, refusedExitCode);
  });
}

/** What they can't read they would leave out of the count. */
function checkReaders({ live, gone }: SeenMembers): void {
  const readers = readersOf(live);
  const older = olderReaders([...live, ...gone]);
  if (readers.length > 0 && older.length === 0) return;
  const message =
    older.length > 0
      ? `of an earlier version, which can't read version ${newestRecordsVersion}: ${older.join(', ')}; upgrade first`
      : 'no rollup and no ingest is live, so none says which version it can read';
  throw new StartError('older_nodes', message, refusedExitCode);
}
