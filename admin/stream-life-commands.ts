import { Command } from 'commander';
import type { RegisteredStream, RegistryWriter, WriteOutcome } from '../registry/index.js';
import { StartError } from '../service/errors.js';
import { wholeNumber, withCommonOptions, type CommonOptions } from './options.js';
import { refusedExitCode, withRegistryWriter } from './registry-following.js';
import { print } from './with-kafka.js';

interface ChangeOptions extends CommonOptions {
  readonly revision?: number;
}

/** `vba-admin stream archive|restore|delete`. `streamKey` reads the argument, or refuses it. */
export function streamLifeCommands(
  actor: string,
  streamKey: (text: string) => string,
): readonly Command[] {
  const command = (
    name: string,
    description: string,
    done: string,
    change: (writer: RegistryWriter, seen: RegisteredStream) => Promise<WriteOutcome>,
  ): Command =>
    withCommonOptions(new Command(name))
      .description(description)
      .argument('<key>', 'of the stream', streamKey)
      .option('--revision <number>', 'only if it is at this one', wholeNumber(1, 2 ** 53))
      .action(async (key: string, options: ChangeOptions) => {
        await changeStream(key, options, change);
        print(`${done} stream ${key}`);
      });
  const putArchived = (isArchived: boolean) => (writer: RegistryWriter, seen: RegisteredStream) =>
    writer.putStream({ ...seen, isArchived }, seen.revision, actor);
  return [
    command('archive', 'let no new viewers in', 'archived', putArchived(true)),
    command('restore', 'bring an archived stream back', 'restored', putArchived(false)),
    command(
      'delete',
      'delete an archived stream for good; its key can be taken anew',
      'deleted',
      (writer, { key, revision }) => writer.deleteStream(key, revision, actor),
    ),
  ];
}

async function changeStream(
  key: string,
  options: ChangeOptions,
  change: (writer: RegistryWriter, seen: RegisteredStream) => Promise<WriteOutcome>,
): Promise<void> {
  await withRegistryWriter(options, async ({ registry, writer }) => {
    const present = registry.stream(key);
    if (present === undefined) {
      throw new StartError('not_found', `stream ${key} does not exist`, refusedExitCode);
    }
    const { revision } = present;
    if (options.revision !== undefined && options.revision !== revision) {
      const message = `stream ${key} is at revision ${revision}, not ${options.revision}`;
      throw new StartError('conflict', message, refusedExitCode);
    }
    const outcome = await change(writer, present);
    if (!outcome.ok) throw new StartError(outcome.reason, outcome.detail, refusedExitCode);
  });
}
