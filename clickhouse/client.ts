import { readFileSync } from 'node:fs';
import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { Type, type Static, type TObject } from 'typebox';
import { AppError, configurationError, messageOf } from '../service/errors.js';
import type { Logger } from '../service/logs.js';

/** The settings of every service that uses ClickHouse. */
export const clickHouseSettings = {
  clickhouse_url: Type.String({
    pattern: '^https?://[^\\s@]+$',
    default: 'http://127.0.0.1:8123',
    description:
      "ClickHouse's HTTP interface, or with `https` its HTTPS interface, without user and " +
      'password in it; the same on all nodes of a service.',
  }),
  clickhouse_database: Type.String({
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$',
    default: 'viblast',
    description:
      'Database of this cluster; change it where clusters share a ClickHouse, the same on all ' +
      'rollups and ingests.',
  }),
  clickhouse_user: Type.String({
    minLength: 1,
    default: 'default',
    description: 'User of ClickHouse, who may create tables in the database.',
  }),
  clickhouse_password: Type.String({
    default: '',
    secret: true,
    description: 'Password of `clickhouse_user`; empty where it has none.',
  }),
  clickhouse_ca_file: Type.String({
    default: '',
    description:
      'File with the certificates, in PEM, of those who may sign the certificate of an `https` ' +
      '`clickhouse_url`; empty where a well-known authority does.',
  }),
};

export interface ClickHouseOptions {
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Certificates in PEM. Default: those that Node trusts. */
  readonly ca?: Buffer;
  readonly logger: Logger;
}

/**
 * What the settings say. Throws a StartError (configuration) that names `clickhouse_ca_file` where
 * it can't be read, or isn't used.
 */
export function clickHouseOptions(
  settings: Static<TObject<typeof clickHouseSettings>>,
): Omit<ClickHouseOptions, 'logger'> {
  const { clickhouse_url: url, clickhouse_ca_file: caFile } = settings;
  const options = {
    url,
    database: settings.clickhouse_database,
    user: settings.clickhouse_user,
    password: settings.clickhouse_password,
  };
  if (caFile === '') return options;
  if (!url.startsWith('https:')) {
    throw configurationError(
      'setting "clickhouse_ca_file" has no use: "clickhouse_url" is no https',
    );
  }
  try {
    return { ...options, ca: readFileSync(caFile) };
  } catch (error) {
    const reason = messageOf(error);
    throw configurationError(`setting "clickhouse_ca_file": ${caFile} cannot be read: ${reason}`);
  }
}

/** A ClickHouse server and our database there. Opening one connects to nothing yet. */
export interface ClickHouse {
  readonly url: string;
  readonly database: string;
  /** Works in our database. */
  readonly client: ClickHouseClient;
  /** Works outside of it: for what must work before the database exists. */
  readonly server: ClickHouseClient;
  readonly logger: Logger;
  close(): Promise<void>;
}

/** Time for one request: a backlog's insert takes a few seconds. */
const requestTimeoutMs = 60_000;
const openConnectionsMax = 4;

export function openClickHouse(options: ClickHouseOptions): ClickHouse {
  const open = (database: string): ClickHouseClient =>
    createClient({
      url: options.url,
      username: options.user,
      password: options.password,
      ...(options.ca === undefined ? {} : { tls: { ca_cert: options.ca } }),
      database,
      application: 'viblast',
      request_timeout: requestTimeoutMs,
      max_open_connections: openConnectionsMax,
      // Errors come to us as rejections; who calls logs them, once and with what was being done.
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: {
        // An answered insert stands in the table.
        async_insert: 0,
        // Most inserts hold no row twice: merges and FINAL find those that do.
        optimize_on_insert: 0,
        // Sums stay below 2^53 (docs/topics.md#bounded-values).
        output_format_json_quote_64bit_integers: 0,
      },
    });
  const client = open(options.database);
  const server = open('default');
  return {
    url: options.url,
    database: options.database,
    client,
    server,
    logger: options.logger,
    close: async () => {
      await Promise.all([client.close(), server.close()]);
    },
  };
}

/** ClickHouse's error codes (src/Common/ErrorCodes.cpp) that callers tell apart. */
export const serverErrors = {
  tableAlreadyExists: '57',
  unknownDatabase: '81',
  databaseAccessDenied: '291',
  unknownUser: '192',
  wrongPassword: '193',
  requiredPassword: '194',
  accessDenied: '497',
  authenticationFailed: '516',
} as const;

/** Its codes that speak of the rows of an insert, whatever the server's own state is. */
const rowErrors: ReadonlySet<string> = new Set([
  '6', // CANNOT_PARSE_TEXT
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '33', // CANNOT_READ_ALL_DATA
  '38', // CANNOT_PARSE_DATE
  '41', // CANNOT_PARSE_DATETIME
  '53', // TYPE_MISMATCH
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '72', // CANNOT_PARSE_NUMBER
  '117', // INCORRECT_DATA
  '131', // TOO_LARGE_STRING_SIZE
  '321', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  '349', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '469', // VIOLATED_CONSTRAINT
]);

/** ClickHouse's code for an error of its own; undefined when the server didn't answer at all. */
export function serverErrorOf(error: unknown): string | undefined {
  return error instanceof ClickHouseError ? error.code : undefined;
}

/**
 * The AppError for whatever a request was rejected with: `clickhouse_unavailable` when the server
 * gave no answer, `clickhouse_rejected` when it gave an error (overload, no space …); both are
 * retryable. `clickhouse_refused_rows` when it is about what was to be inserted: the same bytes
 * are refused again, unless the table was the trouble.
 */
export function clickHouseError(error: unknown): AppError {
  const code = serverErrorOf(error);
  if (code !== undefined && rowErrors.has(code)) {
    const message = `ClickHouse error ${code}: ${messageOf(error)}`;
    return new AppError('clickhouse_refused_rows', message, { cause: error });
  }
  return code === undefined
    ? new AppError('clickhouse_unavailable', `ClickHouse does not answer: ${messageOf(error)}`, {
        retryable: true,
        cause: error,
      })
    : new AppError('clickhouse_rejected', `ClickHouse error ${code}: ${messageOf(error)}`, {
        retryable: true,
        cause: error,
      });
}
