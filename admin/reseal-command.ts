import { Command } from 'commander';
import {
  sealingOf,
  sealingSettings,
  type Registry,
  type RegistryWriter,
} from '../registry/index.js';
import { exitCode, StartError } from '../service/errors.js';
import { withCommonOptions, type CommonOptions } from './options.js';
import { addSettings, settingsOf } from './setting-options.js';
import { refusedExitCode, withRegistryWriter } from './registry-following.js';
import { print, say } from './with-kafka.js';

/** `vba-admin stream reseal`. */
export function resealCommand(actor: string): Command {
  const command = withCommonOptions(new Command('reseal')).description(
    "seal by registry_key all token keys' secrets that are not, or by the key before",
  );
  addSettings(command, sealingSettings);
  return command.action((options: CommonOptions) => reseal(options, actor));
}

async function reseal(options: CommonOptions, actor: string): Promise<void> {
  const sealing = sealingOf(settingsOf(options, sealingSettings));
  if (sealing.keyId === undefined) {
    throw new StartError(
      'configuration',
      'setting "registry_key" is missing',
      exitCode.configuration,
    );
  }
  const isSealed = (secret: string): boolean => sealing.isSealedNow(secret);
  const left = await withRegistryWriter(
    options,
    ({ registry, writer }) => resealAll(registry, writer, isSealed, actor),
    { sealing },
  );
  if (left.length === 0) return;
  const message = `not sealed by key ${sealing.keyId}: ${left.join('; ')}`;
  throw new StartError('conflict', message, refusedExitCode);
}

/** Writes each stream again that has such a secret; returns what is left, and why. */
async function resealAll(
  registry: Registry,
  writer: RegistryWriter,
  isSealed: (secret: string) => boolean,
  actor: string,
): Promise<string[]> {
  const left: string[] = [];
  let count = 0;
  for (const stream of registry.streams()) {
    if (stream.tokenKeys.every(({ secret }) => isSealed(secret))) continue;
    const outcome = await writer.putStream(stream, stream.revision, actor);
    if (!outcome.ok) {
      left.push(`stream ${stream.key}: ${outcome.detail}`);
      continue;
    }
    const unread = outcome.stream.tokenKeys.filter(({ secret }) => !isSealed(secret));
    if (unread.length > 0) {
      left.push(`stream ${stream.key}: no key for ${unread.map(({ kid }) => kid).join(', ')}`);
    } else {
      count += 1;
    }
  }
  print(`sealed the token keys of ${count} stream${count === 1 ? '' : 's'}`);
  if (count > 0) {
    say(
      'the log keeps what was written before: secrets that were never sealed are to be replaced ' +
        'by new ones',
    );
  }
  return left;
}
