import {
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Command, Option } from 'commander';
import type { KafkaConnection } from '../kafka/index.js';
import {
  backupText,
  clusterChoiceOf,
  readBackup,
  withReplicas,
  type RegistryBackup,
  type Replicas,
} from '../registry/index.js';
import { topics } from '../schemas/index.js';
import { AppError, exitCode, messageOf, StartError } from '../service/errors.js';
import { wholeNumber, withCommonOptions, type CommonOptions } from './options.js';
import { refusedExitCode } from './registry-following.js';
import { checkBrokers, createMissingTopics } from './setup.js';
import { print, say, withKafka } from './with-kafka.js';

/** Records of one request; each has a stream's settings, 40 KiB at most. */
const recordsPerAppend = 10;

/** `vba-admin registry export|import`. */
export function registryCommands(): Command {
  const exportCommand = withCommonOptions(new Command('export'))
    .description("write a backup of the registry's log: all streams, their history, the cluster")
    .argument('<file>', 'made readable for its owner alone, since it has the secrets of the log')
    .action(exportRegistry);
  const importCommand = withCommonOptions(new Command('import'))
    .description('set up an empty Kafka by a backup, in place of setup')
    .argument('<file>', 'what export wrote')
    .addOption(replicas('--replication-factor <count>', 'copies of all that this Kafka keeps'))
    .addOption(
      replicas('--min-insync-replicas <count>', 'copies that an acknowledgement stands for'),
    )
    .action(importRegistry);
  return new Command('registry')
    .description("backup and restore of the registry's log")
    .addCommand(exportCommand)
    .addCommand(importCommand);
}

function replicas(flags: string, description: string): Option {
  return new Option(flags, `${description} (default: as the backup's cluster)`).argParser(
    wholeNumber(1, 100),
  );
}

async function exportRegistry(file: string, options: CommonOptions): Promise<void> {
  const values = await withKafka(options, readLog);
  if (values.length === 0) {
    throw new StartError('not_set_up', 'the registry is empty', exitCode.unavailable);
  }
  try {
    writeWhole(file, backupText(values, Date.now()));
  } catch (error) {
    throw new StartError('usage', `cannot write ${file}: ${messageOf(error)}`, exitCode.usage);
  }
  say(`wrote ${values.length} records of the registry to ${file}`);
}

/** A crash leaves the old file or the new one; what is no file, such as a pipe, is written to. */
function writeWhole(file: string, text: string): void {
  if (existsSync(file) && !statSync(file).isFile()) {
    writeFileSync(file, text);
    return;
  }
  // Behind links: a rename would put a file in the link's place.
  const target = existsSync(file) ? realpathSync(file) : file;
  const unfinished = `${target}.unfinished`;
  writeFileSync(unfinished, text, { mode: 0o600, flush: true });
  renameSync(unfinished, target);
}

async function readLog(kafka: KafkaConnection): Promise<Buffer[]> {
  const values: Buffer[] = [];
  const tail = kafka.tail(topics.registry, ({ value }) => {
    if (value !== null) values.push(value);
  });
  try {
    await tail.start();
  } finally {
    await tail.stop();
  }
  return values;
}

async function importRegistry(
  file: string,
  options: CommonOptions & Partial<Replicas>,
): Promise<void> {
  const backup = openBackup(file, options);
  await withKafka(options, (kafka) => restore(kafka, backup));
  const { values, streams } = backup;
  print(
    `took back ${values.length} records of the registry: ${streams} stream${streams === 1 ? '' : 's'}`,
  );
  say('restart every service that was running: it goes by the registry of before');
}

function openBackup(
  file: string,
  { replicationFactor, minInsyncReplicas }: Partial<Replicas>,
): RegistryBackup {
  try {
    return withReplicas(readBackup(readFileSync(file, 'utf8')), {
      ...(replicationFactor === undefined ? {} : { replicationFactor }),
      ...(minInsyncReplicas === undefined ? {} : { minInsyncReplicas }),
    });
  } catch (error) {
    throw new StartError('usage', `${file}: ${messageOf(error)}`, exitCode.usage);
  }
}

/** Makes the topics as the backup's cluster has them, and appends its records in their order. */
async function restore(kafka: KafkaConnection, { values, cluster }: RegistryBackup): Promise<void> {
  const choice = clusterChoiceOf(cluster);
  const admin = await kafka.admin();
  const producer = await kafka.producer();
  try {
    await checkBrokers(admin, choice, say);
    await createMissingTopics(admin, choice, say);
    const [log] = await admin.offsets(topics.registry);
    if (log?.endOffset !== 0) {
      const message = `the registry of this Kafka is not empty: it has ${log?.endOffset} records`;
      throw new StartError('exists', message, refusedExitCode);
    }
    for (let from = 0; from < values.length; from += recordsPerAppend) {
      const records = values.slice(from, from + recordsPerAppend).map((value) => ({ value }));
      await producer.append(topics.registry, 0, records);
    }
  } catch (error) {
    if (!(error instanceof AppError) || !error.retryable) throw error;
    // A part of it may be there: it can't be gone on with, but a new Kafka can be begun with.
    const message = `${error.message}; remove the topic "${topics.registry}", and import again`;
    throw new StartError('kafka_unavailable', message, exitCode.unavailable);
  } finally {
    await producer.close();
    await admin.close();
  }
}
