import { Command, InvalidArgumentError, Option } from 'commander';
import {
  groupsOf,
  isStreamKey,
  optionsOfText,
  streamError,
  type RegisteredStream,
  type StreamOptions,
  type StreamSettings,
} from '../registry/index.js';
import { exitCode, StartError } from '../service/errors.js';
import { collect, withCommonOptions, type CommonOptions } from './options.js';
import { plainTable } from './plain-table.js';
import { followRegistry, refusedExitCode, withRegistryWriter } from './registry-following.js';
import { resealCommand } from './reseal-command.js';
import { streamLifeCommands } from './stream-life-commands.js';
import { print, withKafka } from './with-kafka.js';

interface CreateOptions extends CommonOptions {
  readonly title: string;
  readonly rendition: readonly string[];
  readonly origin: readonly string[];
  readonly countPlainSockets: boolean;
  readonly group: readonly string[];
  readonly tag: readonly string[];
  readonly options: StreamOptions;
}

interface ListOptions extends CommonOptions {
  readonly json: boolean;
}

/** `vba-admin stream create|list|archive|restore|delete|reseal`. */
export function streamCommands(actor: string): Command {
  const create = withCommonOptions(new Command('create'))
    .description('register a stream')
    .argument('<key>', 'the key that players say, such as arena-main', streamKey)
    .option('--title <text>', 'for people (default: the key)', '')
    .addOption(
      repeatable(
        '--rendition <name>',
        'name of a rendition, hd=720p to count as 720p over all streams (default: the usual heights)',
      ),
    )
    .addOption(repeatable('--origin <origin>', 'origin whose pages may join (default: all)'))
    .option('--count-plain-sockets', 'count viewers that speak plain WebTorrent', false)
    .addOption(repeatable('--group <name>', 'group of streams that it is of, such as a customer'))
    .addOption(repeatable('--tag <name>', 'tag to find it by'))
    .addOption(
      new Option('--options <json>', 'of single features, such as {"webTorrent":{…}}')
        .default({}, 'none')
        .argParser(streamOptions),
    )
    .action((key: string, options: CreateOptions) => createStream(key, options, actor));
  const list = withCommonOptions(new Command('list'))
    .description('list the streams')
    .option('--json', 'one JSON array, token secrets left out', false)
    .action((options: ListOptions) => listStreams(options));
  const command = new Command('stream')
    .description('streams')
    .addCommand(create)
    .addCommand(list)
    .addCommand(resealCommand(actor));
  for (const life of streamLifeCommands(actor, streamKey)) command.addCommand(life);
  return command;
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`).default([]).argParser(collect);
}

function streamKey(text: string): string {
  if (isStreamKey(text)) return text;
  throw new InvalidArgumentError(
    'It must be 1 to 100 letters, digits or . _ : @ -, the first a letter or a digit.',
  );
}

function streamOptions(text: string): StreamOptions {
  const options = optionsOfText(text);
  if (options === undefined) throw new InvalidArgumentError('It must be a JSON object.');
  return options;
}

async function createStream(key: string, options: CreateOptions, actor: string): Promise<void> {
  const settings: StreamSettings = {
    key,
    title: options.title === '' ? key : options.title,
    origins: options.origin,
    tokenKeys: [],
    renditions: options.rendition,
    countPlainSockets: options.countPlainSockets,
    isArchived: false,
    options: {
      ...options.options,
      ...(options.group.length === 0 ? {} : { groups: options.group }),
      ...(options.tag.length === 0 ? {} : { tags: options.tag }),
    },
  };
  const broken = streamError(settings);
  if (broken !== undefined) throw new StartError('usage', broken, exitCode.usage);
  await withRegistryWriter(options, async ({ writer }) => {
    const outcome = await writer.putStream(settings, 0, actor);
    if (!outcome.ok) throw new StartError(outcome.reason, outcome.detail, refusedExitCode);
    print(`created stream ${key}`);
  });
}

async function listStreams(options: ListOptions): Promise<void> {
  const streams = await withKafka(options, async (kafka, deadline) => {
    const { registry } = await followRegistry(kafka, deadline);
    await registry.stop();
    return registry.streams();
  });
  if (options.json) {
    print(JSON.stringify(streams.map(withoutSecrets)));
    return;
  }
  const table = plainTable([
    'key',
    'title',
    'revision',
    'renditions',
    'origins',
    'groups',
    'state',
  ]);
  for (const stream of streams) {
    table.push([
      stream.key,
      stream.title,
      stream.revision,
      stream.renditions.join(' ') || 'usual heights',
      stream.origins.join(' ') || 'all',
      groupsOf(stream.options).join(' '),
      stream.isArchived ? 'archived' : 'open',
    ]);
  }
  print(table.toString());
}

function withoutSecrets(stream: RegisteredStream): object {
  return { ...stream, tokenKeys: stream.tokenKeys.map(({ kid }) => ({ kid })) };
}
