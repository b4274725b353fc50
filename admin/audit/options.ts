import { InvalidArgumentError, Option, type Command } from 'commander';
import { clickHouseSettings } from '../../clickhouse/index.js';
import { isStreamKey } from '../../registry/index.js';
import { collect, wholeNumber, withCommonOptions, type CommonOptions } from '../options.js';
import { addSettings } from '../setting-options.js';

/** Options that `verify` and `recompute` share, beside those of `clickHouseSettings`. */
export interface AuditCommandOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly stream: readonly string[];
  readonly graphiteUrl: string;
  readonly graphitePrefix: string;
  readonly limit: number;
  readonly json: boolean;
}

const limitMax = 100_000;

function httpUrl(text: string): string {
  if (!/^https?:\/\/[^\s]+$/.test(text))
    throw new InvalidArgumentError('It must be http://host:port.');
  return text;
}

function prefix(text: string): string {
  if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(text)) {
    throw new InvalidArgumentError('It must be names of letters, digits, _ and -, joined by dots.');
  }
  return text;
}

/** A key that a stream may have; the figures over all streams come without any. */
function oneStream(text: string, before: readonly string[]): readonly string[] {
  if (isStreamKey(text)) return collect(text, before);
  throw new InvalidArgumentError('It must be the key of a stream.');
}

function setting(flags: string, description: string, name: string, standard: string): Option {
  return new Option(flags, description).env(`VIBLAST_${name}`).default(standard);
}

export function withAuditOptions(command: Command): Command {
  addSettings(withCommonOptions(command), clickHouseSettings);
  return command
    .option(
      '--from <time>',
      'first minute: ISO time, Unix ms or its number (default: the first there is)',
    )
    .option('--to <time>', 'last minute (default: the last that is final everywhere)')
    .addOption(
      new Option('--stream <key>', 'only this stream; may be repeated')
        .default([], 'all, and the figures over all')
        .argParser(oneStream),
    )
    .addOption(
      setting(
        '--graphite-url <url>',
        'where graphite-web is',
        'GRAPHITE_URL',
        'http://127.0.0.1:8000',
      ).argParser(httpUrl),
    )
    .addOption(
      setting(
        '--graphite-prefix <prefix>',
        'what our metrics begin with',
        'GRAPHITE_PREFIX',
        'viblast',
      ).argParser(prefix),
    )
    .addOption(
      new Option('--limit <count>', 'most differences to list')
        .default(100)
        .argParser(wholeNumber(1, limitMax)),
    )
    .option('--json', 'one JSON object', false);
}
