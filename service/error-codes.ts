/** What docs/errors.md says of a code. */
export interface ErrorCodeEntry {
  /** True: the same may work a little later, and services try it again by themselves. */
  readonly isRetryable: boolean;
  readonly meaning: string;
  /** What an operator does about it. */
  readonly remedy: string;
}

/** Every code that an AppError of the product can have. */
export const errorCodes = {
  usage: {
    isRetryable: false,
    meaning: 'the command line is wrong, or what it asks for is impossible',
    remedy: 'correct what the line names; `--help` lists the options',
  },
  configuration: {
    isRetryable: false,
    meaning: 'a setting is unknown, missing or wrong, or the cluster is set up with others already',
    remedy: 'correct the setting that the line names; [settings](settings.md) has all of them',
  },
  users_file: {
    isRetryable: false,
    meaning: "the portal's users' file can't be read or written, or isn't what it must be",
    remedy:
      'correct what the line names: a folder, its rights, or the file; no sign-in changes until then',
  },
  port_taken: {
    isRetryable: false,
    meaning: 'another process listens on the port',
    remedy: 'stop it, or choose another port',
  },
  already_running: {
    isRetryable: false,
    meaning: 'the process that the pid file names is alive',
    remedy: 'nothing, or stop it first; a second process needs a pid file of its own',
  },
  name_taken: {
    isRetryable: false,
    meaning: 'another live node has this `node_name`',
    remedy: 'give each node a name of its own',
  },
  internal: {
    isRetryable: false,
    meaning: 'a mistake of the software, or something unexpected of the system under it',
    remedy: 'look at the log, which has the stack; start again, and report it',
  },
  kafka_unavailable: {
    isRetryable: true,
    meaning: 'Kafka does not answer, not in time, or not yet as it must',
    remedy: 'look after the brokers and the network; `vba-admin` can be run again',
  },
  kafka_refused: {
    isRetryable: false,
    meaning:
      'a broker refuses the login or the certificate, shows a certificate that is not to be ' +
      'trusted, or its port is of another kind (TLS, login) than the settings say',
    remedy: 'correct the `kafka_` setting that the line names, or the certificate',
  },
  kafka_rejected: {
    isRetryable: false,
    meaning: 'Kafka refuses a request for good, such as a record that is too large',
    remedy: 'compare the limits and rights of the brokers and the topic with what setup made',
  },
  kafka_closed: {
    isRetryable: false,
    meaning: 'something was asked of Kafka by a part that has been stopped',
    remedy: 'nothing while a service stops; report it otherwise',
  },
  kafka_wrong_topic: {
    isRetryable: false,
    meaning: 'a topic that is read as one log does not have exactly one partition',
    remedy: 'the topic was not made by `vba-admin setup`: remove it while it is empty, and set up',
  },
  kafka_log_lost: {
    isRetryable: false,
    meaning:
      'a topic that is read as one log ends before what was read of it: it was made anew, or lost ' +
      'records in an unclean election',
    remedy:
      'the service ends, and reads all of it when it is started again; after an unclean election ' +
      'see what the registry has lost, and [import a backup](security.md#backup-and-restore)',
  },
  not_set_up: {
    isRetryable: false,
    meaning: "a topic or the cluster's settings are missing",
    remedy: 'run `bin/vba-admin setup`, and check that `kafka_brokers` names the right Kafka',
  },
  wrong_topic: {
    isRetryable: false,
    meaning: 'a topic has settings with which figures would not be exact',
    remedy:
      "set back what the line lists; what can't be: [topics.md](topics.md#checks-at-the-start)",
  },
  too_few_brokers: {
    isRetryable: false,
    meaning: 'the replication factor is above the number of brokers',
    remedy: 'start more brokers, or set up with a lower one (not for production)',
  },
  registry_unavailable: {
    isRetryable: true,
    meaning: 'the registry did not answer in time; the change may be made still',
    remedy: 'look after Kafka; see whether the change is there before making it again',
  },
  registry_busy: {
    isRetryable: true,
    meaning: 'too many changes of the registry are under way in this process',
    remedy: 'make it again a little later',
  },
  invalid: {
    isRetryable: false,
    meaning: 'the registry refused a change that breaks a rule',
    remedy: 'correct the field that the line names',
  },
  exists: {
    isRetryable: false,
    meaning: 'there is a stream of this key already, or a user or token of this name',
    remedy: 'choose another key or name, or change what is there',
  },
  not_found: {
    isRetryable: false,
    meaning: 'there is no such stream, user or token, or no node of that name runs',
    remedy:
      'look at `bin/vba-admin stream list`, `user list` or `token list`, or at `bin/vba-admin status`',
  },
  admin_refused: {
    isRetryable: false,
    meaning: 'an admin port does not do what it was asked',
    remedy: 'do what the line says; an `admin_token` may be missing or another one',
  },
  older_nodes: {
    isRetryable: false,
    meaning:
      'nodes of an earlier version run, or did lately, which would not go by the change or could not read what follows from it',
    remedy: 'upgrade the nodes that the line names, then make it again',
  },
  conflict: {
    isRetryable: false,
    meaning: 'somebody else made a change in between',
    remedy: 'look at what it is now, and decide again',
  },
  clickhouse_unavailable: {
    isRetryable: true,
    meaning: 'ClickHouse does not answer',
    remedy: 'look after it and the network: what is to be written waits in Kafka',
  },
  clickhouse_rejected: {
    isRetryable: true,
    meaning: 'ClickHouse answers with an error, such as overload or a full disk',
    remedy: "look at its number in the message and at ClickHouse's log; nothing is lost meanwhile",
  },
  clickhouse_refused_rows: {
    isRetryable: false,
    meaning: 'ClickHouse refuses rows for what is in them; the others of the same insert are taken',
    remedy:
      'the log names them: compare the table with the migrations, then `vba-admin recompute`; ' +
      'report it where the table is as it should be',
  },
  clickhouse_wrong: {
    isRetryable: false,
    meaning:
      "the database is missing, refuses the login, is another cluster's, or isn't to be trusted",
    remedy: 'correct the `clickhouse_` settings, or make the database',
  },
  graphite_unavailable: {
    isRetryable: true,
    meaning: 'carbon or graphite-web does not answer, or not as it should',
    remedy: 'look after them and the network; the rollup writes again what is missing',
  },
  nothing_to_compare: {
    isRetryable: false,
    meaning: 'no minute of the span asked for can be compared: too young, or not kept any more',
    remedy: 'wait until the minutes are final and ingested, or ask for another span',
  },
  nothing_to_recompute: {
    isRetryable: false,
    meaning: 'no minute of the span asked for can be written again',
    remedy: 'as for `nothing_to_compare`',
  },
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>;

/**
 * The codes by who has them. A program outside of the product adds its own to this interface
 * (declaration merging), so that its union is closed as well and the product's doesn't know of it.
 */
export interface ErrorCodesOf {
  readonly product: keyof typeof errorCodes;
}

export type ErrorCode = ErrorCodesOf[keyof ErrorCodesOf];
