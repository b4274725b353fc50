import { Command } from 'commander';
import { ringCommands } from './cluster/cluster-commands.js';
import { drainCommand } from './drain-command.js';
import { runProgram } from './run-program.js';
import { statusCommand } from './status-command.js';

const program = 'vbt-admin';

await runProgram(program, ({ actor, setExitCode }) => {
  const command = new Command(program)
    .description('administers the trackers of a Viblast cluster')
    .addCommand(statusCommand())
    .addCommand(drainCommand());
  for (const part of ringCommands({ ring: 'vbt', program, actor, setExitCode })) {
    command.addCommand(part);
  }
  return command;
});
