import { Command, Option } from 'commander';
import { clusterChoiceOf, type ClusterChoice } from '../registry/index.js';
import { newestRecordsVersion } from '../schemas/index.js';
import { wholeNumber, withCommonOptions, type CommonOptions } from './options.js';
import { setUp } from './setup.js';
import { commandLogger, print, say, withKafka } from './with-kafka.js';

const numberMax = 1_000_000;

function number(flags: string, description: string, standard: number): Option {
  return new Option(flags, description).default(standard).argParser(wholeNumber(1, numberMax));
}

type Asked = Omit<ClusterChoice, 'recordsVersion'>;

/** `vba-admin setup`. */
export function setupCommand(actor: string): Command {
  return withCommonOptions(new Command('setup'))
    .description(
      "make the topics and the cluster's settings, once; repeated it makes what is missing, and asks for nothing else",
    )
    .addOption(number('--partitions <count>', 'partitions of announces, fixed for ever', 32))
    .addOption(
      number('--partial-partitions <count>', 'partitions of rollup-partials, fixed for ever', 16),
    )
    .addOption(number('--interval-seconds <seconds>', 'length of a minute, fixed for ever', 60))
    .addOption(
      number('--late-seconds <seconds>', 'how long after its minute an announce is in time', 180),
    )
    .addOption(number('--grace-seconds <seconds>', 'how far apart clocks may be', 60))
    .addOption(
      number('--takeover-seconds <seconds>', 'how long an owner waits before last writes', 60),
    )
    .addOption(number('--replication-factor <count>', 'copies of all that Kafka keeps', 3))
    .addOption(
      number('--min-insync-replicas <count>', 'copies that an acknowledgement stands for', 2),
    )
    .action(async (options: Asked & CommonOptions, command: Command) => {
      const { partitions, partialPartitions, intervalSeconds, lateSeconds } = options;
      const { graceSeconds, takeoverSeconds, replicationFactor, minInsyncReplicas } = options;
      const asked: Asked = {
        partitions,
        partialPartitions,
        intervalSeconds,
        lateSeconds,
        graceSeconds,
        takeoverSeconds,
        replicationFactor,
        minInsyncReplicas,
      };
      const told = Object.fromEntries(
        Object.entries(asked).filter(([name]) => command.getOptionValueSource(name) !== 'default'),
      );
      // Nothing has been written to a cluster that is new.
      const choice = { ...asked, recordsVersion: newestRecordsVersion };
      const result = await withKafka(options, (kafka) =>
        setUp({ kafka, logger: commandLogger, choice, told, actor, say }),
      );
      const settings = JSON.stringify(clusterChoiceOf(result.cluster));
      print(result.wasSetUp ? `already set up: ${settings}` : `set up: ${settings}`);
    });
}
