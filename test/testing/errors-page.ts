import { problemCodes } from '../../portal-api/problem-codes.js';
import { errorCodes, type ErrorCodeEntry } from '../../service/error-codes.js';
import { exitCode } from '../../service/errors.js';
import { markdownTable } from './generated-page.js';

const exitMeanings: Readonly<Record<keyof typeof exitCode, string>> = {
  ok: 'stopped as told, or done',
  usage: 'a wrong argument',
  unavailable: 'something needed is missing or wrong: a topic, its settings, a database',
  internal: 'an internal error',
  configuration: 'a wrong setting',
  portTaken: 'a port is taken',
};

/** Of `vba-admin` alone: what it was asked for was done, and this is the answer. */
const refusedExit = ['1', '`vba-admin`: refused by the registry, or a comparison that differs'];

const introduction = `# Errors

<!-- Made from the code by UPDATE_ERRORS_DOC=1 and test/errors-page.test.ts: change those. -->

What viewers and trackers say to each other when something is wrong stands in [the protocol](protocol.md): errors,
refusals of announces and close codes. Settings are in [settings](settings.md).
`;

const exits = `## Exit codes

A service that can't start, or \`vba-admin\` that can't do its work, says why in one line on stderr and exits with a code
that is like those of \`sysexits.h\`. A broker, a ClickHouse or a Graphite that is away at the start of a service is waited for.
\`vbt\` and \`vba\` have those of init scripts besides, [1 to 7](install.md#by-hand).
`;

const codes = `## Codes

Each error of the product has one of these codes; code decides by it and by whether it is retryable, never by the message. Where
it is retryable, services try again by themselves, and the same may work a little later.
`;

const problems = `## Problems of the portal's API

An answer of the API that isn't a success is \`application/problem+json\`: \`{code, message, field?}\`. Programs go by \`code\`;
the message is for people.
`;

/** docs/errors.md from the tables of codes. */
export function errorsPage(): string {
  const exitRows = Object.entries(exitCode).map(([name, code]) => [
    String(code),
    exitMeanings[name as keyof typeof exitCode],
  ]);
  const codeRows = Object.entries<ErrorCodeEntry>(errorCodes).map(
    ([code, { isRetryable, meaning, remedy }]) => [
      `\`${code}\``,
      isRetryable ? 'yes' : 'no',
      meaning,
      remedy,
    ],
  );
  const problemRows = Object.entries(problemCodes).map(([code, { status, meaning }]) => [
    `\`${code}\``,
    String(status),
    meaning,
  ]);
  return [
    introduction,
    exits,
    table(['exit code', 'meaning'], [...exitRows.slice(0, 1), refusedExit, ...exitRows.slice(1)]),
    codes,
    table(['code', 'retryable', 'meaning', 'what to do'], codeRows),
    problems,
    table(['code', 'status', 'meaning'], problemRows),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${markdownTable(head, rows)}\n`;
}
