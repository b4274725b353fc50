import { Command, Option } from 'commander';
import {
  accountLimits,
  changeAccounts,
  newApiToken,
  noAccounts,
  readAccounts,
  type ApiToken,
} from '../accounts/index.js';
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
import { wholeNumber } from './options.js';
import { plainTable } from './plain-table.js';
import { print } from './terminal.js';

interface AddOptions extends HolderOptions {
  readonly days: number;
}

const dayMs = 86_400_000;

/** `vba-admin token add|list|revoke`. */
export function tokenCommands(actor: string): Command {
  const nameArgument = ['<name>', 'what it is for, such as ci', accountName] as const;
  const add = withHolder(withUsersFile(new Command('add')))
    .description('make an API token; its text is printed, and is nowhere else')
    .argument(...nameArgument)
    .addOption(
      new Option('--days <days>', 'after which it ends')
        .default(90)
        .argParser(wholeNumber(1, accountLimits.tokenDaysMax)),
    )
    .action((name: string, options: AddOptions) => addToken(actor, name, options));
  const list = withUsersFile(new Command('list'))
    .description('list the API tokens')
    .option('--json', 'one JSON array, digests left out', false)
    .action(listTokens);
  const revoke = withUsersFile(new Command('revoke'))
    .description('end an API token, and the sessions that began with it')
    .argument(...nameArgument)
    .action((name: string, options: object) => revokeToken(actor, name, options));
  return new Command('token')
    .description("API tokens of the portal's")
    .addCommand(add)
    .addCommand(list)
    .addCommand(revoke);
}

async function addToken(actor: string, name: string, options: AddOptions): Promise<void> {
  const { text, sha256 } = newApiToken();
  const createdAtMs = Date.now();
  const token: ApiToken = {
    name,
    role: options.role,
    groups: groupsOf(options),
    sha256,
    createdAtMs,
    expiresAtMs: createdAtMs + options.days * dayMs,
  };
  await changeAccounts(usersFileOf(options), actor, (accounts) => {
    refuseTaken('token', name, accounts.tokens);
    return { ...accounts, tokens: [...accounts.tokens, token] };
  });
  print(text);
}

async function listTokens(options: { readonly json: boolean }): Promise<void> {
  const { tokens } = (await readAccounts(usersFileOf(options))) ?? noAccounts;
  if (options.json) {
    const told = tokens.map(({ sha256: _left, ...token }) => token);
    print(JSON.stringify(told));
    return;
  }
  const table = plainTable(['name', 'role', 'groups', 'made', 'ends']);
  for (const { name, role, groups, createdAtMs, expiresAtMs } of tokens) {
    const [made, ends] = [createdAtMs, expiresAtMs].map((atMs) => new Date(atMs).toISOString());
    table.push([name, role, groupsText(groups), made ?? '', ends ?? '']);
  }
  print(table.toString());
}

async function revokeToken(actor: string, name: string, options: object): Promise<void> {
  await changeAccounts(usersFileOf(options), actor, (accounts) => {
    requirePresent('token', name, accounts.tokens);
    return { ...accounts, tokens: accounts.tokens.filter((token) => token.name !== name) };
  });
  print(`revoked token ${name}`);
}
