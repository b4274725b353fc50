import { Command } from 'commander';
import { recomputeCommand } from './audit/recompute-command.js';
import { verifyCommand } from './audit/verify-command.js';
import { ringCommands } from './cluster/cluster-commands.js';
import { registryCommands } from './registry-commands.js';
import { runProgram } from './run-program.js';
import { setupCommand } from './setup-command.js';
import { statusCommand } from './status-command.js';
import { streamCommands } from './stream-commands.js';

const program = 'vba-admin';

await runProgram(program, ({ actor, setExitCode }) => {
  const command = new Command(program)
    .description('administers a Viblast cluster: its streams, its rollups and its ingests')
    .addCommand(setupCommand(actor))
    .addCommand(streamCommands(actor))
    .addCommand(registryCommands())
    .addCommand(statusCommand())
    .addCommand(verifyCommand(setExitCode))
    .addCommand(recomputeCommand(setExitCode));
  for (const part of ringCommands({ ring: 'vba', program, actor, setExitCode })) {
    command.addCommand(part);
  }
  return command;
});
