import { exitCode, StartError } from '../../../service/errors.js';
import { isInContainers } from '../containers/is-in-containers.js';
import { findCommand } from '../install/run-command.js';
import type { LabErrorCode } from '../error-codes.js';

/** The path of a server's command on this machine, or its name where the image has it. */
export function serverCommand(name: string, missingCode: LabErrorCode = 'command_missing'): string {
  const path = isInContainers() ? name : findCommand(name);
  if (path !== undefined) return path;
  throw new StartError(missingCode, `${name} is missing`, exitCode.unavailable);
}
