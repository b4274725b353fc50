import { describe, expect, it } from '@jest/globals';
import { vbaAdmin } from './programs.js';

async function complaintOf(args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const program = vbaAdmin({ actor: 'test', setExitCode: () => undefined });
  const commands = [program, ...program.commands.flatMap((part) => [part, ...part.commands])];
  for (const command of commands) {
    command.exitOverride().configureOutput({ writeErr: (text) => said.push(text) });
  }
  await expect(program.parseAsync(args, { from: 'user' })).rejects.toThrow();
  return said.join('');
}

describe('the command line of a user or a token', () => {
  const role = ['--role', 'viewer'];
  it.each([
    [['user', 'add', 'e v', ...role], 'letters, digits'],
    [['user', 'add', 'eve'], "required option '--role <role>'"],
    [['user', 'add', 'eve', '--role', 'owner'], 'Allowed choices are viewer, editor, admin'],
    [['user', 'add', 'eve', ...role, '--group', 'a*'], '--group'],
    [['user', 'add', 'eve', ...role, '--password', 'hush'], "unknown option '--password'"],
    [['token', 'add', 'ci', ...role, '--days', '0'], 'whole number from 1 to 3650'],
  ])('is refused: %j', async (args, complaint) => {
    expect(await complaintOf(args)).toContain(complaint);
  });
});
