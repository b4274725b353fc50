import { runCommand, type CommandResult } from '../install/run-command.js';
import { imageTag, type ImageName } from './images.js';
import { isInContainers } from './is-in-containers.js';
import { ourUser } from './our-user.js';

export interface OneRun {
  readonly image: ImageName;
  /** The folder of the stack, which the container has at the same path. */
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a server's tool to its end, as `runCommand` does: in its image if the stack is in
 * containers.
 */
export function runOnce(run: OneRun): Promise<CommandResult> {
  const { image, folder, command, args, environment = {} } = run;
  if (!isInContainers()) return runCommand(command, args, { environment });
  const variables = Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`);
  return runCommand('docker', [
    'run',
    '--rm',
    '--network=host',
    `--user=${ourUser()}`,
    `--volume=${folder}:${folder}`,
    ...variables,
    `--entrypoint=${command}`,
    imageTag(image),
    ...args,
  ]);
}
