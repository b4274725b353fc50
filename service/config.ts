import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { Type, type Static, type TInteger, type TObject } from 'typebox';
import { configurationError, exitCode, messageOf, StartError } from './errors.js';
import { isSecret, secretFileKeys, withSecretFiles } from './secret-files.js';

const adminPortRule = {
  minimum: 0,
  maximum: 65_535,
  description:
    'Port of health, readiness and metrics; change it where several processes of a service share ' +
    'a host, 0 takes any free one.',
};

/** `admin_port` with a service's own default. */
export function adminPort(port: number): TInteger {
  return Type.Integer({ ...adminPortRule, default: port });
}

/** `stop_deadline_seconds` with a service's own default. */
export function stopDeadlineSeconds(seconds: number): TInteger {
  return Type.Integer({
    minimum: 1,
    maximum: 600,
    default: seconds,
    description:
      "Seconds that a stop may take before the process ends all the same; an orchestrator's own " +
      'grace period has to be longer.',
  });
}

/** Settings that every service has. */
export const commonSettings = {
  node_name: Type.String({
    minLength: 1,
    maxLength: 64,
    pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]*$',
    description:
      'Name of this node in logs, metrics and the list of members; each node needs one of its ' +
      'own, a second live one is refused.',
  }),
  kafka_brokers: Type.Array(Type.String({ pattern: '^[^\\s:,]+:\\d{1,5}$' }), {
    minItems: 1,
    default: ['127.0.0.1:9092'],
    description:
      'Kafka brokers to begin with, as `host:port`; name several, so that a start survives the ' +
      'loss of one.',
  }),
  admin_host: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description:
      'Address that the admin port listens on; open it where Prometheus or an orchestrator asks ' +
      'from another host.',
  }),
  admin_port: Type.Integer(adminPortRule),
  admin_token: Type.String({
    pattern: '^([!-~]{16,512})?$',
    default: '',
    secret: true,
    description:
      'What others than this host have to send as `Authorization: Bearer` to read metrics and why ' +
      'a service is not ready, and to drain a tracker; empty: whoever reaches the admin port reads ' +
      'them, and drains come from this host alone.',
  }),
  log_level: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace'].map((level) => Type.Literal(level)),
    {
      default: 'info',
      description:
        'The least severe of the lines that are logged; `debug` is for looking into something, ' +
        'since it may log each message.',
    },
  ),
  stop_deadline_seconds: stopDeadlineSeconds(20),
};

/** `cluster_membership`, of services whose nodes make up a ring. */
export const ringSettings = {
  cluster_membership: Type.Union([Type.Literal('automatic'), Type.Literal('staged')], {
    default: 'automatic',
    description:
      'How a node comes to take its share: `automatic`, as soon as it runs, or `staged`, once `vbt-admin cluster` ' +
      'or `vba-admin cluster` has committed it; all nodes of a ring need the same.',
  }),
};

/**
 * A schema of settings: flat, closed, each with its type, bounds, default and a `description`, one
 * sentence that docs/settings.md shows. `secret: true` masks it, and lets a file hold it, which
 * `<its name>_file` names.
 */
export type SettingsSchema = TObject;

const serviceNames = ['tracker', 'rollup', 'ingest', 'portal', 'common'];
const environmentPrefix = 'VIBLAST_';

/**
 * What an orchestrator puts into every container's environment by itself, and nobody set: the
 * variables of Kubernetes' service links. `_PORT` alone is one only with an address in it, or a
 * mistyped port of ours would go unseen.
 */
function isServiceLink(name: string, text: string): boolean {
  return (
    /_(SERVICE_HOST|SERVICE_PORT\w*|PORT_\d+_(TCP|UDP|SCTP)\w*)$/.test(name) ||
    (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(text))
  );
}

/** Settings of the system that this one replaces, and what to set instead. */
const replacedSettings: ReadonlyMap<string, string> = new Map([
  ['tracker_nodes', 'kafka_brokers (nodes find each other through Kafka)'],
  ['-name', 'node_name'],
  ['name', 'node_name'],
  ['-setcookie', "Kafka's credentials (nodes trust what may write to Kafka)"],
  ['setcookie', "Kafka's credentials (nodes trust what may write to Kafka)"],
]);

function replacementOf(key: string): string | undefined {
  if (key.startsWith('mysql_')) return 'the registry (streams are managed in the portal; no MySQL)';
  return replacedSettings.get(key);
}

function refuse(message: string): never {
  throw configurationError(message);
}

function unknownKey(key: string, where: string): never {
  const replacement = replacementOf(key);
  refuse(
    replacement === undefined
      ? `unknown setting "${key}" in ${where}`
      : `setting "${key}" in ${where} is no longer used: use ${replacement}`,
  );
}

function readSettingsFile(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return refuse(`settings file ${path} cannot be read: ${messageOf(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`settings file ${path} is not JSON: ${withoutExcerpt(messageOf(error))}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(`settings file ${path} must hold one JSON object`);
  }
  return Object.fromEntries(Object.entries(value));
}

/** What JSON.parse says, without the text that it quotes: a secret may stand there. */
function withoutExcerpt(message: string): string {
  return message.replace(/(, )?(\.\.\.)?"[^]*"(\.\.\.)? is not valid JSON$/, '');
}

function settingsFiles(service: string, configPath: string | undefined): string[] {
  const path = configPath ?? '/etc/viblast';
  if (!existsSync(path)) {
    return configPath === undefined ? [] : refuse(`settings path ${path} does not exist`);
  }
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith('.json'));
  for (const name of names) {
    if (!serviceNames.includes(basename(name, '.json'))) {
      refuse(
        `settings file ${join(path, name)} belongs to no service (${serviceNames.join(', ')})`,
      );
    }
  }
  return ['common.json', `${service}.json`]
    .filter((name) => names.includes(name))
    .map((name) => join(path, name));
}

function valueFromText(text: string, schema: unknown, where: string): unknown {
  const type = typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : '';
  if (type === 'array') {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  if (type === 'integer' || type === 'number') {
    if (text.trim() === '' || Number.isNaN(Number(text))) refuse(`${where} must be a number`);
    return Number(text);
  }
  if (type === 'boolean') {
    if (text !== 'true' && text !== 'false') refuse(`${where} must be true or false`);
    return text === 'true';
  }
  return text;
}

function describe(error: ErrorObject): string {
  const key = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'required') {
    return `setting "${String(error.params['missingProperty'])}" is missing`;
  }
  return `setting "${key}" ${error.message ?? 'is wrong'}`;
}

export interface CommandLine {
  readonly configPath: string | undefined;
  readonly pidFile: string | undefined;
  readonly printConfig: boolean;
}

const usage = '[--config PATH] [--pid-file PATH] [--print-config]';

/** Reads `--config PATH`, `--pid-file PATH` and `--print-config`; anything else is refused. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const paths = new Map<string, string>();
  let printConfig = false;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const [, option = '', path] = /^(--config|--pid-file)(?:=(.*))?$/.exec(argument) ?? [];
    const following = argv[index + 1];
    if (argument === '--print-config') printConfig = true;
    else if (path !== undefined) paths.set(option, path);
    else if (option !== '' && following !== undefined) {
      index += 1;
      paths.set(option, following);
    } else {
      const replacement = replacementOf(argument);
      throw new StartError(
        'usage',
        replacement === undefined
          ? `unknown argument ${argument}: use ${usage}`
          : `argument ${argument} is no longer used: use ${replacement}`,
        exitCode.usage,
      );
    }
  }
  return { configPath: paths.get('--config'), pidFile: paths.get('--pid-file'), printConfig };
}

/**
 * A service's settings: defaults < settings file(s) < environment (`VIBLAST_` and the setting's
 * name in capitals; lists separated by commas). Throws a StartError (configuration) that names the
 * setting which is unknown, missing or wrong.
 */
export function loadSettings<Schema extends SettingsSchema>(
  service: string,
  schema: Schema,
  source: {
    readonly configPath?: string | undefined;
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** True: for who asks for some settings alone, whatever others there are. */
    readonly passesOverOthers?: boolean;
  },
): Static<Schema> {
  const properties: Record<string, unknown> = schema.properties;
  const fileKeys = secretFileKeys(properties);
  const isKnown = (key: string): boolean => Object.hasOwn(properties, key) || fileKeys.has(key);
  const merged: Record<string, unknown> = {};
  for (const path of settingsFiles(service, source.configPath)) {
    for (const [key, value] of Object.entries(readSettingsFile(path))) {
      if (isKnown(key)) merged[key] = value;
      else if (source.passesOverOthers !== true) unknownKey(key, path);
    }
  }
  for (const [name, text] of Object.entries(source.environment)) {
    if (!name.startsWith(environmentPrefix) || text === undefined) continue;
    const key = name.slice(environmentPrefix.length).toLowerCase();
    if (!isKnown(key)) {
      if (source.passesOverOthers === true || isServiceLink(name, text)) continue;
      unknownKey(key, `the environment (${name})`);
    }
    merged[key] = valueFromText(text, properties[key], `setting "${key}" (${name})`);
  }
  return checkedSettings(schema, merged);
}

/**
 * The given values with the defaults of what isn't given and the secrets that stand in files, held
 * to the schema. Throws as `loadSettings` does.
 */
export function checkedSettings<Schema extends SettingsSchema>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
): Static<Schema> {
  const values: unknown = withSecretFiles(given, schema.properties);
  const ajv = new Ajv({ useDefaults: true, allErrors: true, strict: false });
  const isValid = ajv.compile<Static<Schema>>({ ...schema, additionalProperties: false });
  if (isValid(values)) return values;
  const reasons = (isValid.errors ?? [])
    .filter((error) => error.keyword !== 'const' || error.schemaPath.split('/').length <= 4)
    .map(describe);
  return refuse([...new Set(reasons)].join('; '));
}

/** The settings as JSON with every secret masked, for `--print-config` and the log. */
export function printableSettings(
  schema: SettingsSchema,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => {
      const isMasked = isSecret(schema.properties[key]) && value !== '';
      return [key, isMasked ? '***' : value];
    }),
  );
}
