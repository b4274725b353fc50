import { Command, InvalidArgumentError } from 'commander';
import { parseOptions, wholeNumber, type ParsedCommandLine } from '../../service/command-line.js';
import type { Attack } from './attack.js';
import { attacks } from './catalogue.js';

export interface HostileOptions {
  readonly list: boolean;
  readonly attacks: readonly Attack[];
  readonly seconds: number;
  readonly viewers: number;
  readonly json: string | undefined;
}

function named(text: string): readonly Attack[] {
  return text.split(',').map((name) => {
    const found = attacks.find((attack) => attack.name === name);
    if (found === undefined) {
      throw new InvalidArgumentError(`There is no attack ${name}: see --list.`);
    }
    return found;
  });
}

/** The attacks that can be seen within so long a run. */
export function attacksWithin(some: readonly Attack[], seconds: number): readonly Attack[] {
  return some.filter(({ secondsMin = 0 }) => secondsMin <= seconds);
}

/** Reads `npm run test:hostile -- …`. */
export function parseHostileOptions(
  argv: readonly string[],
  print: (text: string) => void,
): ParsedCommandLine<HostileOptions> {
  const command = new Command('hostile')
    .description('Attacks one stream of a running system in all ways at once, and compares.')
    .option('--seconds <count>', 'how long at least', wholeNumber(15, 86_400), 600)
    .option('--viewers <count>', 'ordinary viewers of other streams', wholeNumber(10, 2_000), 300)
    .option('--only <names>', 'these attacks alone (a,b)', named)
    .option('--list', 'show the attacks and end', false)
    .option('--json <file>', 'write the results there')
    .configureOutput({ writeOut: print, writeErr: print });
  const parsed = parseOptions<{
    seconds: number;
    viewers: number;
    only?: readonly Attack[];
    list: boolean;
    json?: string;
  }>(command, argv);
  if (parsed.kind === 'exit') return parsed;
  const { seconds, viewers, only = attacks, list, json } = parsed.options;
  const chosen = attacksWithin(only, seconds);
  return { kind: 'options', options: { attacks: chosen, seconds, viewers, list, json } };
}
