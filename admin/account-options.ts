import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  accountSettings,
  accountNameRule,
  isAccountName,
  roles,
  type Accounts,
  type Role,
} from '../accounts/index.js';
import { groupNameRule, isGroupName } from '../registry/index.js';
import { exitCode, StartError } from '../service/errors.js';
import { collect } from './options.js';
import { refusedExitCode } from './registry-following.js';
import { addSettings, settingsOf } from './setting-options.js';

/** What a user or a token may do, as the options say it. */
export interface HolderOptions {
  readonly role: Role;
  readonly group: readonly string[];
}

/** Gives a command the option of the users' file. */
export function withUsersFile(command: Command): Command {
  addSettings(command, accountSettings);
  return command;
}

/** Gives a command the options of what somebody may do. */
export function withHolder(command: Command): Command {
  return command
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
    .addOption(
      new Option(
        '--group <name>',
        'group of streams that it sees, and no others; repeatable (default: all streams)',
      )
        .default([], 'none')
        .argParser(collectGroup),
    );
}

function collectGroup(text: string, before: readonly string[]): readonly string[] {
  if (isGroupName(text)) return collect(text, before);
  throw new InvalidArgumentError(`It must be ${groupNameRule}.`);
}

/** The groups that the options say. Throws a StartError (usage) where an admin is given some. */
export function groupsOf({ role, group }: HolderOptions): Accounts['users'][number]['groups'] {
  if (group.length === 0) return 'all';
  if (role !== 'admin') return [...group];
  throw new StartError('usage', '--group: an admin sees all streams', exitCode.usage);
}

/** The users' file that the options name. Throws a StartError (usage) where they name none. */
export function usersFileOf(options: object): string {
  const { portal_users_file: path } = settingsOf(options, accountSettings);
  if (path !== '') return path;
  const message = "--portal-users-file is missing: the file that the portal's settings name";
  throw new StartError('usage', message, exitCode.usage);
}

/** For `argParser`: the name of a user or a token. */
export function accountName(text: string): string {
  if (isAccountName(text)) return text;
  throw new InvalidArgumentError(`It must be ${accountNameRule}.`);
}

/** Throws where one has the name already. */
export function refuseTaken(kind: AccountKind, wanted: string, present: readonly Named[]): void {
  if (!present.some(({ name }) => name === wanted)) return;
  throw new StartError('exists', `there is a ${kind} ${wanted} already`, refusedExitCode);
}

/** Throws where none has the name. */
export function requirePresent(kind: AccountKind, wanted: string, present: readonly Named[]): void {
  if (present.some(({ name }) => name === wanted)) return;
  throw new StartError('not_found', `there is no ${kind} ${wanted}`, refusedExitCode);
}

type AccountKind = 'user' | 'token';
interface Named {
  readonly name: string;
}

/** The groups whose streams somebody sees, as tables show them. */
export function groupsText(groups: readonly string[] | 'all'): string {
  return groups === 'all' ? 'all' : groups.join(' ');
}
