import type { SettingsSchema } from '../../service/config.js';
import { markdownTable } from './generated-page.js';

/** As much of a setting's JSON schema as the page shows. */
interface SettingSchema {
  readonly type?: string;
  readonly const?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly secret?: boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: SettingSchema;
  readonly anyOf?: readonly SettingSchema[];
}

const introduction = `# Settings

<!-- Made from the schemas by UPDATE_SETTINGS_DOC=1 and test/settings-page.test.ts: change those. -->

Every service is \`node dist/<service>/main.js\` and reads its settings at the start, the later ones over the earlier:

1. the defaults below;
2. files: \`/etc/viblast/common.json\`, then \`/etc/viblast/<service>.json\` (\`tracker\`, \`rollup\`, \`ingest\`, \`portal\`), each one JSON
   object. \`--config PATH\` names another folder, or one file that is read alone;
3. the environment: \`VIBLAST_\` and the setting's name in capitals, such as \`VIBLAST_NODE_NAME\`. Lists are separated by commas.

\`--print-config\` shows what comes of it, in JSON, and starts nothing; \`--pid-file PATH\` leaves there what [\`vbt\` and \`vba\`](install.md#by-hand)
know a process by. A setting that is unknown, missing, of the wrong type, out of
its bounds or impossible beside another is refused at the start, by its name, with [exit code](errors.md#exit-codes) 78. A
setting without a default has to be given, if it isn't optional. Settings marked **secret** are shown as \`***\` in what is
printed and logged; each may stand in a file instead, as its only line, which the setting's name with \`_file\` behind it names
(\`portal_token_file\`). Both are refused.

What all nodes must agree on (partitions, the length of a minute, \`late\`, \`grace\`, \`takeover\`) are no settings of a service but the
cluster's own: \`bin/vba-admin setup\` makes them, once, and \`bin/vba-admin setup --help\` explains them.
`;

type Rows = readonly (readonly string[])[];

/** docs/settings.md from the schema of each service, and those settings that all of them have. */
export function settingsPage(
  services: ReadonlyMap<string, SettingsSchema>,
  common: Readonly<Record<string, SettingSchema>>,
): string {
  const rows = new Map([...services].map(([name, schema]) => [name, rowsOf(schema)]));
  const commonRows = rowsOf({ properties: common, required: Object.keys(common) }).filter((row) =>
    [...rows.values()].every((others) => has(others, row)),
  );
  return [
    introduction,
    section('Every service', commonRows),
    ...[...rows].map(([name, own]) =>
      section(
        name,
        own.filter((row) => !has(commonRows, row)),
      ),
    ),
  ].join('\n');
}

function has(rows: Rows, wanted: readonly string[]): boolean {
  return rows.some((row) => row.join('|') === wanted.join('|'));
}

function section(title: string, rows: Rows): string {
  const head = ['name', 'type', 'default', 'bounds', 'what it does'];
  return `## ${title}\n\n${markdownTable(head, rows)}\n`;
}

function rowsOf(schema: {
  readonly properties: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
}): Rows {
  return Object.entries(schema.properties).map(([name, setting]) => [
    `\`${name}\``,
    `${typeOf(setting)}${setting.secret === true ? ', **secret**' : ''}`,
    defaultOf(setting, schema.required?.includes(name) === true),
    boundsOf(setting).join(', '),
    setting.description ?? '',
  ]);
}

function typeOf({ type, anyOf }: SettingSchema): string {
  if (anyOf !== undefined) return 'text';
  const names: Readonly<Record<string, string>> = {
    array: 'list of texts',
    boolean: 'true or false',
    integer: 'whole number',
    number: 'number',
    string: 'text',
  };
  return names[type ?? ''] ?? 'unknown';
}

function defaultOf(setting: SettingSchema, isRequired: boolean): string {
  if (setting.default !== undefined) return `\`${JSON.stringify(setting.default)}\``;
  return isRequired ? 'none, must be set' : 'none, optional';
}

function boundsOf(setting: SettingSchema): string[] {
  const { minimum, exclusiveMinimum, maximum, minLength, maxLength, minItems, items } = setting;
  const when = (text: string, isIt: boolean): string[] => (isIt ? [text] : []);
  return [
    ...range(minimum, maximum, ''),
    ...when(`above ${exclusiveMinimum}`, exclusiveMinimum !== undefined),
    ...range(minLength, maxLength, ' characters'),
    ...when(`\`${setting.pattern}\``, setting.pattern !== undefined),
    ...when(
      `one of ${(setting.anyOf ?? []).map((one) => `\`${one.const}\``).join(' ')}`,
      setting.anyOf !== undefined,
    ),
    ...range(minItems, undefined, ' in the list'),
    ...when('no two alike', setting.uniqueItems === true),
    ...(items === undefined ? [] : boundsOf(items)).map((bound) => `each ${bound}`),
  ];
}

function range(minimum: number | undefined, maximum: number | undefined, what: string): string[] {
  if (minimum !== undefined && maximum !== undefined) return [`${minimum} to ${maximum}${what}`];
  if (minimum === 1 && what !== '') return ['not empty'];
  if (minimum !== undefined) return [`${minimum}${what} at least`];
  return maximum === undefined ? [] : [`${maximum}${what} at most`];
}
