import { Command } from 'commander';
import {
  accountLimits,
  changeAccounts,
  hashPassword,
  noAccounts,
  readAccounts,
  type User,
} from '../accounts/index.js';
import { exitCode, StartError } from '../service/errors.js';
import {
  accountName,
  groupsOf,
  groupsText,
  refuseTaken,
  requirePresent,
  usersFileOf,
  withHolder,
  withUsersFile,
  type HolderOptions,
} from './account-options.js';
import { askSecret } from './ask-secret.js';
import { plainTable } from './plain-table.js';
import { print } from './terminal.js';

/** `vba-admin user add|passwd|list|remove`. */
export function userCommands(actor: string): Command {
  const nameArgument = ['<name>', 'by which somebody signs in', accountName] as const;
  const add = withHolder(withUsersFile(new Command('add')))
    .description('add a user; the password is asked for, or read as a line from standard input')
    .argument(...nameArgument)
    .action((name: string, options: HolderOptions) => addUser(actor, name, options));
  const passwd = withUsersFile(new Command('passwd'))
    .description('give a user another password, and end the sessions of the user')
    .argument(...nameArgument)
    .action((name: string, options: object) => changePassword(actor, name, options));
  const list = withUsersFile(new Command('list'))
    .description('list the users')
    .option('--json', 'one JSON array, hashes left out', false)
    .action(listUsers);
  const remove = withUsersFile(new Command('remove'))
    .description('remove a user, whose sessions end')
    .argument(...nameArgument)
    .action((name: string, options: object) => removeUser(actor, name, options));
  return new Command('user')
    .description("the portal's users")
    .addCommand(add)
    .addCommand(passwd)
    .addCommand(list)
    .addCommand(remove);
}

async function addUser(actor: string, name: string, options: HolderOptions): Promise<void> {
  const path = usersFileOf(options);
  refuseTaken('user', name, await usersOf(path));
  const user: User = {
    name,
    role: options.role,
    groups: groupsOf(options),
    passwordHash: await newPasswordHash(name),
    changedAtMs: Date.now(),
  };
  await changeAccounts(path, actor, (accounts) => {
    refuseTaken('user', name, accounts.users);
    return { ...accounts, users: [...accounts.users, user] };
  });
  print(`added user ${name}`);
}

async function changePassword(actor: string, name: string, options: object): Promise<void> {
  const path = usersFileOf(options);
  requirePresent('user', name, await usersOf(path));
  const passwordHash = await newPasswordHash(name);
  await changeAccounts(path, actor, (accounts) => {
    requirePresent('user', name, accounts.users);
    const users = accounts.users.map((user) =>
      user.name === name ? { ...user, passwordHash, changedAtMs: Date.now() } : user,
    );
    return { ...accounts, users };
  });
  print(`changed the password of user ${name}`);
}

async function listUsers(options: { readonly json: boolean }): Promise<void> {
  const users = await usersOf(usersFileOf(options));
  if (options.json) {
    const told = users.map(({ passwordHash: _left, ...user }) => user);
    print(JSON.stringify(told));
    return;
  }
  const table = plainTable(['name', 'role', 'groups', 'password of']);
  for (const { name, role, groups, changedAtMs } of users) {
    table.push([name, role, groupsText(groups), new Date(changedAtMs).toISOString()]);
  }
  print(table.toString());
}

async function removeUser(actor: string, name: string, options: object): Promise<void> {
  await changeAccounts(usersFileOf(options), actor, (accounts) => {
    requirePresent('user', name, accounts.users);
    return { ...accounts, users: accounts.users.filter((user) => user.name !== name) };
  });
  print(`removed user ${name}`);
}

async function usersOf(path: string): Promise<readonly User[]> {
  return ((await readAccounts(path)) ?? noAccounts).users;
}

/** Asks before the file is locked: people take their time. */
async function newPasswordHash(name: string): Promise<string> {
  const { passwordLengthMin: min, passwordLengthMax: max } = accountLimits;
  const password = await askSecret(`Password of ${name}`);
  if (password.length >= min && password.length <= max) return hashPassword(password);
  const message = `the password must have ${min} to ${max} characters`;
  throw new StartError('usage', message, exitCode.usage);
}
