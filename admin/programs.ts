import { Command } from 'commander';
import { finishUpgradeCommand } from './finish-upgrade-command.js';
import { recomputeCommand } from './audit/recompute-command.js';
import { verifyCommand } from './audit/verify-command.js';
import { ringCommands } from './cluster/cluster-commands.js';
import { drainCommand } from './drain-command.js';
import { registryCommands } from './registry-commands.js';
import type { ProgramParts } from './run-program.js';
import { setupCommand } from './setup-command.js';
import { statusCommand } from './status-command.js';
import { streamCommands } from './stream-commands.js';
import { tokenCommands } from './token-commands.js';
import { userCommands } from './user-commands.js';

/** What `bin/vba-admin` understands. */
export function vbaAdmin({ actor, setExitCode }: ProgramParts): Command {
  const program = 'vba-admin';
  const command = new Command(program)
    .description(
      'administers a Viblast cluster: its streams, its rollups and its ingests, and who uses the portal',
    )
    .addCommand(setupCommand(actor))
    .addCommand(finishUpgradeCommand(actor))
    .addCommand(streamCommands(actor))
    .addCommand(registryCommands())
    .addCommand(userCommands(actor))
    .addCommand(tokenCommands(actor))
    .addCommand(statusCommand())
    .addCommand(verifyCommand(setExitCode))
    .addCommand(recomputeCommand(setExitCode));
  for (const part of ringCommands({ ring: 'vba', program, actor, setExitCode })) {
    command.addCommand(part);
  }
  return command;
}

/** What `bin/vbt-admin` understands. */
export function vbtAdmin({ actor, setExitCode }: ProgramParts): Command {
  const program = 'vbt-admin';
  const command = new Command(program)
    .description('administers the trackers of a Viblast cluster')
    .addCommand(statusCommand())
    .addCommand(drainCommand());
  for (const part of ringCommands({ ring: 'vbt', program, actor, setExitCode })) {
    command.addCommand(part);
  }
  return command;
}
