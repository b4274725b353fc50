import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { vbaAdmin, vbtAdmin } from '../../admin/programs.js';
import { runCommands } from '../../admin/run/commands.js';
import { parseAlertsOptions } from '../../lab/alerts/options.js';
import { parseCommandLine as parseCapacity } from '../../lab/bench/capacity/options.js';
import { parseCommandLine as parseIngest } from '../../lab/bench/ingest/options.js';
import { parseCommandLine as parseRollup } from '../../lab/bench/rollup/options.js';
import { parseCommandLine as parseSwarm } from '../../lab/bench/swarm/options.js';
import { parseCommandLine as parseTracker } from '../../lab/bench/tracker/options.js';
import { parseDemoOptions } from '../../lab/demo/options.js';
import { parseFaultsOptions } from '../../lab/faults/options.js';
import { parseFuzzOptions } from '../../lab/fuzz/options.js';
import { parseHostileOptions } from '../../lab/hostile/options.js';
import { simulationOptions } from '../../lab/simulation/options.js';
import { parseStackCommandLine } from '../../lab/stack/options.js';
import { packageRoot } from '../../service/package-root.js';
import type { Words } from './shell-commands.js';

const nothing = (): void => undefined;
const parts = { actor: '', setExitCode: nothing };

/** Programs in `bin/`, by their definition. */
const programs: Readonly<Record<string, Command>> = {
  'vba-admin': vbaAdmin(parts),
  'vbt-admin': vbtAdmin(parts),
  vbt: runCommands('vbt', '', nothing),
  vba: runCommands('vba', '', nothing),
};

type Print = (text: string) => void;

/** What prints the help of an npm script that takes options. */
const helps: Readonly<Record<string, (argv: readonly string[], print: Print) => unknown>> = {
  demo: parseDemoOptions,
  stack: parseStackCommandLine,
  'test:alerts': parseAlertsOptions,
  'test:faults': parseFaultsOptions,
  'test:fuzz': parseFuzzOptions,
  'test:hostile': parseHostileOptions,
  'bench:capacity': parseCapacity,
  'bench:ingest': parseIngest,
  'bench:rollup': parseRollup,
  'bench:swarm': parseSwarm,
  'bench:tracker': parseTracker,
};

/** Of jest. */
const testOptions = ['selectProjects', 'testPathPatterns'];
const serviceOptions = ['config', 'print-config', 'pid-file'];

export interface OurCommand {
  /** As tests name it: `vba-admin cluster join`, `npm run demo`, `npm test`. */
  readonly name: string;
  /** What is wrong with it: a word or option that it doesn't understand. */
  readonly complaint: string | undefined;
}

/** `undefined`: it is no command of ours. */
export function ourCommand(words: Words): OurCommand | undefined {
  const [first, ...rest] = words;
  const name = basename(first);
  const program = programs[name];
  if (program !== undefined) return adminCommand(program, name, rest);
  if (name === 'npm') return npmCommand(rest);
  if (name === 'node' && /^dist\/.+\.js$/.test(rest[0] ?? '')) return serviceCommand(rest);
  return undefined;
}

function adminCommand(program: Command, name: string, words: readonly string[]): OurCommand {
  let command = program;
  let path = name;
  const known = optionsOf(command);
  const values = new Set(takingValues(command));
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [flag = ''] = word.split('=');
    if (flag.startsWith('-')) {
      if (!known.has(flag)) return { name: path, complaint: `${path} has no option ${flag}` };
      if (values.has(flag) && !word.includes('=')) index += 1;
      continue;
    }
    if (command.commands.length === 0) continue;
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) return { name: path, complaint: `${path} has no command ${word}` };
    command = next;
    path = `${path} ${word}`;
    for (const option of optionsOf(command)) known.add(option);
    for (const option of takingValues(command)) values.add(option);
  }
  return { name: path, complaint: undefined };
}

const optionsOf = (command: Command): Set<string> =>
  new Set(['--help', '--version', ...command.options.flatMap((option) => option.long ?? [])]);

const takingValues = (command: Command): string[] =>
  command.options.filter((option) => option.required).flatMap((option) => option.long ?? []);

function npmCommand(words: readonly string[]): OurCommand | undefined {
  const [verb = '', ...rest] = words;
  if (verb !== 'run' && verb !== 'test') return undefined;
  const script = verb === 'test' ? 'test' : (rest[0] ?? '');
  const name = verb === 'test' ? 'npm test' : `npm run ${script}`;
  if (!Object.hasOwn(scripts(), script)) {
    return { name, complaint: `package.json has no script ${script}` };
  }
  const options = rest.slice(rest.indexOf('--') + 1);
  const given = rest.includes('--') ? options.filter((word) => word.startsWith('--')) : [];
  return { name, complaint: unknownOf(given, scriptOptions(script), name) };
}

function serviceCommand([path = '', ...rest]: readonly string[]): OurCommand {
  const name = `node ${path}`;
  const source = path.replace(/^dist\//, '').replace(/\.js$/, '.ts');
  if (!/[<X]/.test(source) && !existsSync(join(packageRoot(), source))) {
    return { name, complaint: `there is no ${source}` };
  }
  const given = rest.filter((word) => word.startsWith('--'));
  return { name, complaint: unknownOf(given, serviceOptions, name) };
}

function unknownOf(
  given: readonly string[],
  known: readonly string[],
  name: string,
): string | undefined {
  const unknown = given.find((word) => !known.includes(word.slice(2).split('=')[0] ?? ''));
  return unknown === undefined ? undefined : `${name} has no option ${unknown}`;
}

function scripts(): Readonly<Record<string, string>> {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly scripts: Readonly<Record<string, string>> }).scripts;
}

/** Options of a script's program, by its own help. */
function scriptOptions(script: string): readonly string[] {
  if (script === 'test') return testOptions;
  if (script === 'test:simulation') return Object.keys(simulationOptions);
  const help = helps[script];
  if (help === undefined) return [];
  let text = '';
  const print = (part: string): void => void (text += part);
  // Benchmarks and the stack print theirs on stdout themselves.
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (part: string | Uint8Array): boolean => {
    print(String(part));
    return true;
  };
  try {
    help(['--help'], print);
  } finally {
    process.stdout.write = write;
  }
  return [...text.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].map(([, name = '']) => name);
}
