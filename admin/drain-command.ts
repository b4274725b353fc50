import { Command } from 'commander';
import { readMembers } from '../registry/index.js';
import { bearer } from '../service/bearer.js';
import { commonSettings } from '../service/config.js';
import { exitCode, messageOf, StartError } from '../service/errors.js';
import { addSettings, settingsOf } from './setting-options.js';
import { withCommonOptions, type CommonOptions } from './options.js';
import { refusedExitCode } from './registry-following.js';
import { print, withKafka } from './with-kafka.js';

const adminSettings = { admin_token: commonSettings.admin_token };

interface DrainOptions extends CommonOptions {
  readonly cancel: boolean;
  readonly show: boolean;
}

/** `vbt-admin drain`. */
export function drainCommand(): Command {
  const command = withCommonOptions(new Command('drain'))
    .description("have a tracker's viewers go elsewhere; it goes on running")
    .argument('<node>', "the tracker's name")
    .option('--cancel', 'take viewers in again', false)
    .option('--show', 'say how far it is', false);
  addSettings(command, adminSettings);
  return command.action(async (node: string, options: DrainOptions) => {
    const { live } = await withKafka(options, (kafka) => readMembers(kafka));
    const tracker = live.find(({ member }) => member.name === node && member.role === 'tracker');
    if (tracker === undefined) {
      throw new StartError('not_found', `no live tracker has the name ${node}`, refusedExitCode);
    }
    const method = options.show ? 'GET' : options.cancel ? 'DELETE' : 'POST';
    const { admin_token: token } = settingsOf(options, adminSettings);
    const timeoutMs = options.timeoutSeconds * 1_000;
    print(await askTracker(tracker.member, { method, token, timeoutMs }));
  });
}

interface Asking {
  readonly method: string;
  readonly token: string;
  readonly timeoutMs: number;
}

/**
 * The answer of a tracker's admin port, which this machine has to reach. Throws a StartError where
 * it can't, is refused, or finds another node there: an address such as 127.0.0.1 or 0.0.0.0 is
 * another one on each host.
 */
export async function askTracker(
  { name, address }: { readonly name: string; readonly address: string },
  asking: Asking,
): Promise<string> {
  const found = await answerOf(address, { ...asking, method: 'GET' });
  const node = nodeIn(found);
  if (node !== name) {
    const who = node === undefined ? 'a tracker that does not say its name' : `the tracker ${node}`;
    const message = `${name} tells ${address} as its admin port, where this host finds ${who}: run this on its own host, or have it listen where others reach it (admin_host)`;
    throw new StartError('not_found', message, refusedExitCode);
  }
  return asking.method === 'GET' ? found : answerOf(address, asking);
}

function nodeIn(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || !('node' in answer)) return undefined;
    return typeof answer.node === 'string' ? answer.node : undefined;
  } catch {
    return undefined;
  }
}

async function answerOf(address: string, { method, token, timeoutMs }: Asking): Promise<string> {
  let answer: Response;
  let text: string;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    answer = await fetch(`http://${address}/drain`, { method, headers: bearer(token), signal });
    text = (await answer.text()).trim();
  } catch (error) {
    const message = `its admin port at ${address} can't be reached from here: ${messageOf(error)}`;
    throw new StartError('not_found', message, exitCode.unavailable);
  }
  if (answer.ok) return text;
  const message =
    answer.status === 401 || answer.status === 403
      ? `${address} wants its admin_token from who is on another host: give it as VIBLAST_ADMIN_TOKEN or by --admin-token-file`
      : `${address} answers with ${answer.status}: ${text}`;
  throw new StartError('admin_refused', message, refusedExitCode);
}
