import { Command } from 'commander';
import { readMembers } from '../registry/index.js';
import { exitCode, messageOf, StartError } from '../service/errors.js';
import { withCommonOptions, type CommonOptions } from './options.js';
import { refusedExitCode } from './registry-following.js';
import { print, withKafka } from './with-kafka.js';

interface DrainOptions extends CommonOptions {
  readonly cancel: boolean;
  readonly show: boolean;
}

/** `vbt-admin drain`. */
export function drainCommand(): Command {
  return withCommonOptions(new Command('drain'))
    .description("have a tracker's viewers go elsewhere; it goes on running")
    .argument('<node>', "the tracker's name")
    .option('--cancel', 'take viewers in again', false)
    .option('--show', 'say how far it is', false)
    .action(async (node: string, options: DrainOptions) => {
      const { live } = await withKafka(options, (kafka) => readMembers(kafka));
      const tracker = live.find(({ member }) => member.name === node && member.role === 'tracker');
      if (tracker === undefined) {
        throw new StartError('not_found', `no live tracker has the name ${node}`, refusedExitCode);
      }
      const method = options.show ? 'GET' : options.cancel ? 'DELETE' : 'POST';
      print(await ask(tracker.member.address, method, options.timeoutSeconds * 1_000));
    });
}

/** The answer of a tracker's admin port, which this machine has to reach. */
async function ask(address: string, method: string, timeoutMs: number): Promise<string> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(`http://${address}/drain`, { method, signal });
    return (await answer.text()).trim();
  } catch (error) {
    const message = `its admin port at ${address} can't be reached from here: ${messageOf(error)}`;
    throw new StartError('not_found', message, exitCode.unavailable);
  }
}
