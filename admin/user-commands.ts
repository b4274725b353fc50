import { Command } from 'commander';
import {
  accountLimits,
  changeAccounts,
  hashPassword,
  noAccounts,
  readAccounts,
  type Accounts,
  type User,
} from '../accounts/index.js';
import { exitCode, StartError } from '../service/errors.js';
import {
  accountName,
  groupsOf,
  usersFileOf,
  withHolder,
  withUsersFile,
  type HolderOptions,
} from './account-options.js';
import { askSecret } from './ask-secret.js';
import { plainTable } from './plain-table.js';
import { refusedExitCode } from './registry-following.js';
import { print } from './terminal.js';

/** `vba-admin user add|passwd|list|remove`. */
export function userCommands(): Command {
  const nameArgument = ['<name>', 'by which somebody signs in', accountName] as const;
  const add = withHolder(withUsersFile(new Command('add')))
    .description('add a user; the password is asked for, or read as a line from standard input')
    .argument(...nameArgument)
    .action(addUser);
  const passwd = withUsersFile(new Command('passwd'))
    .description('give a user another password, and end the sessions of the user')
    .argument(...nameArgument)
    .action(changePassword);
  const list = withUsersFile(new Command('list'))
    .description('list the users')
    .option('--json', 'one JSON array, hashes left out', false)
    .action(listUsers);
  const remove = withUsersFile(new Command('remove'))
    .description('remove a user, whose sessions end')
    .argument(...nameArgument)
    .action(removeUser);
  return new Command('user')
    .description("the portal's users")
    .addCommand(add)
    .addCommand(passwd)
    .addCommand(list)
    .addCommand(remove);
}

async function addUser(name: string, options: HolderOptions): Promise<void> {
  const path = usersFileOf(options);
  refuseTaken(name, (await readAccounts(path)) ?? noAccounts);
  const user: User = {
    name,
    role: options.role,
    groups: groupsOf(options),
    passwordHash: await newPasswordHash(name),
    changedAtMs: Date.now(),
  };
  await changeAccounts(path, (accounts) => {
    refuseTaken(name, accounts);
    return { ...accounts, users: [...accounts.users, user] };
  });
  print(`added user ${name}`);
}

async function changePassword(name: string, options: object): Promise<void> {
  const path = usersFileOf(options);
  requireUser(name, (await readAccounts(path)) ?? noAccounts);
  const passwordHash = await newPasswordHash(name);
  await changeAccounts(path, (accounts) => {
    requireUser(name, accounts);
    const users = accounts.users.map((user) =>
      user.name === name ? { ...user, passwordHash, changedAtMs: Date.now() } : user,
    );
    return { ...accounts, users };
  });
  print(`changed the password of user ${name}`);
}

async function listUsers(options: { readonly json: boolean }): Promise<void> {
  const { users } = (await readAccounts(usersFileOf(options))) ?? noAccounts;
  if (options.json) {
    const told = users.map(({ passwordHash: _left, ...user }) => user);
    print(JSON.stringify(told));
    return;
  }
  const table = plainTable(['name', 'role', 'groups', 'password of']);
  for (const { name, role, groups, changedAtMs } of users) {
    const seen = groups === 'all' ? 'all' : groups.join(' ');
    table.push([name, role, seen, new Date(changedAtMs).toISOString()]);
  }
  print(table.toString());
}

async function removeUser(name: string, options: object): Promise<void> {
  await changeAccounts(usersFileOf(options), (accounts) => {
    requireUser(name, accounts);
    return { ...accounts, users: accounts.users.filter((user) => user.name !== name) };
  });
  print(`removed user ${name}`);
}

function refuseTaken(wanted: string, { users }: Accounts): void {
  if (!users.some(({ name }) => name === wanted)) return;
  throw new StartError('exists', `there is a user ${wanted} already`, refusedExitCode);
}

function requireUser(wanted: string, { users }: Accounts): void {
  if (users.some(({ name }) => name === wanted)) return;
  throw new StartError('not_found', `there is no user ${wanted}`, refusedExitCode);
}

/** Asks before the file is locked: people take their time. */
async function newPasswordHash(name: string): Promise<string> {
  const { passwordLengthMin: min, passwordLengthMax: max } = accountLimits;
  const password = await askSecret(`Password of ${name}`);
  if (password.length >= min && password.length <= max) return hashPassword(password);
  const message = `the password must have ${min} to ${max} characters`;
  throw new StartError('usage', message, exitCode.usage);
}
