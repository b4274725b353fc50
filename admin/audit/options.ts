import { InvalidArgumentError, Option, type Command } from 'commander';
import { clickHouseSettings } from '../../clickhouse/index.js';
import { graphiteWebSettings } from '../../graphite/index.js';
import { isStreamKey } from '../../registry/index.js';
import { collect, wholeNumber, withCommonOptions, type CommonOptions } from '../options.js';
import { addSettings } from '../setting-options.js';

/** What `verify` and `recompute` take from the services' settings. */
export const auditSettings = { ...clickHouseSettings, ...graphiteWebSettings };

/** Options that they share, beside those of `auditSettings`. */
export interface AuditCommandOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly stream: readonly string[];
  readonly limit: number;
  readonly json: boolean;
}

const limitMax = 100_000;

/** A key that a stream may have; the figures over all streams come without any. */
function oneStream(text: string, before: readonly string[]): readonly string[] {
  if (isStreamKey(text)) return collect(text, before);
  throw new InvalidArgumentError('It must be the key of a stream.');
}

export function withAuditOptions(command: Command): Command {
  addSettings(withCommonOptions(command), auditSettings);
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
      new Option('--limit <count>', 'most differences to list')
        .default(100)
        .argParser(wholeNumber(1, limitMax)),
    )
    .option('--json', 'one JSON object', false);
}
