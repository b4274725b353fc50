import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '../../service/command-line.js';
import { packageRoot, packageVersion } from '../../service/package-root.js';
import { checkHost, type CheckOptions } from '../check/check-command.js';
import { print, say } from '../terminal.js';
import { initCode, worstStatus } from './exit-codes.js';
import { runInForeground } from './foreground.js';
import { servicePaths, type ServiceName, type ServicePaths } from './layout.js';
import { hasSettings, printConfig } from './service-process.js';
import { startService } from './start.js';
import { ping, statusOf } from './status.js';
import { stopService } from './stop.js';

interface GlobalOptions {
  readonly config?: string;
  readonly instance?: string;
  readonly role?: ServiceName;
  readonly wait: number;
}

const programs: Readonly<Record<string, { services: readonly ServiceName[]; what: string }>> = {
  vbt: { services: ['tracker'], what: 'the tracker' },
  vba: { services: ['rollup', 'ingest'], what: 'the aggregator: the rollup and the ingest' },
};

/** The first that isn't 0. */
function firstFailure(codes: readonly number[]): number {
  return codes.find((one) => one !== initCode.ok) ?? initCode.ok;
}

async function startAll(services: readonly ServicePaths[], waitSeconds: number): Promise<number> {
  const starts = services.map((paths) => startService(paths, waitSeconds * 1_000));
  return firstFailure(await Promise.all(starts));
}

async function stopAll(services: readonly ServicePaths[]): Promise<number> {
  return firstFailure(await Promise.all(services.map((paths) => stopService(paths))));
}

/** What runs is not stopped for settings with which it would not start again. */
async function restartAll(services: readonly ServicePaths[], waitSeconds: number): Promise<number> {
  for (const paths of services) {
    const { code: refused, errors } = printConfig(paths);
    if (refused === 0) continue;
    say(errors);
    say(`${paths.name} is left as it is`);
    return refused;
  }
  const stopped = await stopAll(services);
  return stopped === initCode.ok ? startAll(services, waitSeconds) : stopped;
}

async function pingAll(services: readonly ServicePaths[]): Promise<number> {
  const answered = firstFailure(await Promise.all(services.map((paths) => ping(paths))));
  if (answered === initCode.ok) print('pong');
  return answered;
}

function instanceName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be letters, digits, dots and dashes, 32 at most.');
}

/**
 * What `vbt` or `vba` understands, of the folder with etc, log and data; `finish` is told the exit
 * code.
 */
export function runCommands(
  programName: string,
  root: string,
  finish: (code: number) => void,
): Command {
  const { services, what } = programs[programName] ?? { services: [], what: '' };
  const command = new Command(programName)
    .description(`starts and stops ${what}, in ${root}`)
    .version(packageVersion())
    .option('--config <path>', 'settings, instead of those in etc or /etc/viblast')
    .option(
      '--instance <name>',
      'one of several on this host, with settings in etc/NAME',
      instanceName,
    )
    .addOption(
      new Option('--wait <seconds>', 'how long a start waits until it is ready')
        .default(10)
        .argParser(wholeNumber(0, 3_600)),
    );
  if (services.length > 1) {
    command.addOption(new Option('--role <role>', 'one of them alone').choices(services));
  }
  const chosen = (): readonly ServicePaths[] => chosenOf(services, root, command.opts());
  const verb = (
    name: string,
    description: string,
    work: (chosen: readonly ServicePaths[], options: GlobalOptions) => Promise<number>,
  ): void => {
    command
      .command(name)
      .description(description)
      .action(async () => {
        finish(await work(chosen(), command.opts()));
      });
  };
  verb('start', 'start it in the background', (paths, { wait }) => startAll(paths, wait));
  verb('stop', 'stop it, and wait for its end', stopAll);
  verb('restart', 'stop it and start it', (paths, { wait }) => restartAll(paths, wait));
  verb('ping', 'ask it for an answer', pingAll);
  verb('status', 'say how it is', async (paths) =>
    worstStatus(await Promise.all(paths.map(statusOf))),
  );
  verb('foreground', 'run it here, with its log on the terminal', runInForeground);
  command
    .command('check')
    .description('compare this host with what viewers need')
    .option(
      '--viewers <number>',
      'instead of what the settings let in',
      wholeNumber(1, 100_000_000),
    )
    .option('--processes <number>', 'trackers on this host', wholeNumber(1, 10_000))
    .option('--json', 'one JSON object', false)
    .action((options: CheckOptions) => {
      finish(checkHost(chosen(), options));
    });
  for (const part of [command, ...command.commands]) part.exitOverride();
  return command;
}

function chosenOf(
  all: readonly ServiceName[],
  root: string,
  options: GlobalOptions,
): readonly ServicePaths[] {
  return (options.role === undefined ? all : [options.role]).map((service) =>
    servicePaths(service, {
      program: packageRoot(),
      root,
      instance: options.instance,
      configPath: options.config === undefined ? undefined : resolve(options.config),
      hasSettings,
    }),
  );
}
