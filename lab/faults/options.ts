import { Command, InvalidArgumentError } from 'commander';
import { parseOptions, type ParsedCommandLine } from '../../service/command-line.js';
import { faults, faultsNamed, type Fault } from './catalogue.js';

export interface FaultsOptions {
  readonly list: boolean;
  readonly faults: readonly Fault[];
  readonly json: string | undefined;
  /** True: compare once more when all minutes are final. */
  readonly last: boolean;
}

function named(text: string, before: readonly Fault[] | undefined): readonly Fault[] {
  const found = text.split(',').flatMap((name) => {
    const some = faultsNamed(name);
    if (some.length === 0) throw new InvalidArgumentError(`There is no fault ${name}: see --list.`);
    return some;
  });
  return [...new Set([...(before ?? []), ...found])];
}

/** Reads `npm run test:faults -- …`. */
export function parseFaultsOptions(
  argv: readonly string[],
  print: (text: string) => void,
): ParsedCommandLine<FaultsOptions> {
  const command = new Command('faults')
    .description('Strikes a running system under load, one fault after the other, and compares.')
    .option('--only <names>', 'these alone, or all whose names begin so (a,b or again)', named)
    .option('--list', 'show the names and end', false)
    .option('--json <file>', 'write the results there')
    .option('--no-last', 'leave out the last comparison, when all minutes are final')
    .configureOutput({ writeOut: print, writeErr: print });
  const parsed = parseOptions<{
    only?: readonly Fault[];
    list: boolean;
    json?: string;
    last: boolean;
  }>(command, argv);
  if (parsed.kind === 'exit') return parsed;
  const { only, list, json, last } = parsed.options;
  return { kind: 'options', options: { faults: only ?? faults, list, json, last } };
}
