import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, StartError } from '../../../service/errors.js';
import { packageRoot } from '../../../service/package-root.js';
import { runOnce } from '../containers/run-once.js';
import { kafkaClassArchive } from '../install/kafka-class-archive.js';
import { kafkaJars } from '../install/kafka-jars.js';
import type { ManagedProcess } from '../process/managed-process.js';
import { acceptsConnections } from '../process/probes.js';
import type { Supervisor } from '../process/supervisor.js';
import { serverCommand } from './server-command.js';
import {
  makeKafkaAccess,
  scramUser,
  securedNames,
  securedProperties,
  type KafkaAccess,
  type SecuredName,
} from './secured-kafka.js';

export interface KafkaServers {
  readonly brokers: readonly string[];
  /** Settings beside `kafka_brokers` with which services get in: none unless it is secured. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of the first broker of a secured Kafka: `host:port` of each listener, and of its own. */
  readonly listeners: Readonly<Partial<Record<SecuredName | 'plain', string>>>;
  readonly processes: readonly ManagedProcess[];
}

interface Node {
  readonly id: number;
  /** Of the listener between brokers, which is the clients' too unless Kafka is secured. */
  readonly port: number;
  readonly controllerPort: number;
  /** Of the secured listeners. */
  readonly ports: Readonly<Partial<Record<SecuredName, number>>>;
  readonly folder: string;
}

/**
 * Starts one or three KRaft nodes, each broker and controller in one; `isSecured`: clients come
 * in with TLS and a password.
 */
export async function startKafka(
  supervisor: Supervisor,
  count: 1 | 3,
  isSecured = false,
): Promise<KafkaServers> {
  const jars = await kafkaJars((line) => supervisor.say(line));
  const java = serverCommand('java', 'java_missing');
  const archive = await kafkaClassArchive(java, jars, (line) => supervisor.say(line));
  const folder = join(supervisor.folder, 'kafka');
  mkdirSync(folder, { recursive: true });
  const access = isSecured ? await makeKafkaAccess(supervisor) : undefined;
  const names = access === undefined ? [] : securedNames;
  const nodes: Node[] = [];
  for (let id = 1; id <= count; id += 1) {
    const ports: Partial<Record<SecuredName, number>> = {};
    for (const name of names) ports[name] = await supervisor.ports.reserve();
    nodes.push({
      id,
      port: await supervisor.ports.reserve(),
      controllerPort: await supervisor.ports.reserve(),
      ports,
      folder: join(folder, `node-${id}`),
    });
  }
  const cluster = clusterId(folder);
  supervisor.say(`starting Kafka (${count === 1 ? '1 broker' : '3 brokers'})`);
  const processes = nodes.map((node) =>
    defineNode(supervisor, node, nodes, { java, jars, archive, cluster, access }),
  );
  await Promise.all(processes.map((process) => process.start()));
  const [first] = nodes;
  const listeners = { ...first?.ports, plain: first?.port };
  return {
    brokers: nodes.map(({ port, ports }) => `127.0.0.1:${ports.client ?? port}`),
    settings: access?.settings ?? {},
    listeners: Object.fromEntries(
      Object.entries(listeners).map(([name, port]) => [name, `127.0.0.1:${port}`]),
    ),
    processes,
  };
}

/** The cluster's identity lives with its data. */
function clusterId(folder: string): string {
  const file = join(folder, 'cluster-id');
  if (!existsSync(file)) writeFileSync(file, newClusterId(randomBytes(16)));
  return readFileSync(file, 'utf8');
}

/** 16 bytes as base64url; never with a leading '-', which Kafka's tools take for a flag. */
export function newClusterId(random: Buffer): string {
  random.writeUInt8(random.readUInt8(0) & 0x7f, 0);
  return random.toString('base64url');
}

function defineNode(
  supervisor: Supervisor,
  node: Node,
  nodes: readonly Node[],
  using: {
    readonly java: string;
    readonly jars: string;
    readonly archive: string | undefined;
    readonly cluster: string;
    readonly access: KafkaAccess | undefined;
  },
): ManagedProcess {
  const properties = join(node.folder, 'server.properties');
  const classPath = ['-cp', join(using.jars, '*')];
  const quickly = [
    '-XX:+UseSerialGC',
    // A local broker spends more on compiling hot code well than it gets back.
    '-XX:TieredStopAtLevel=1',
    ...(using.archive === undefined ? [] : [`-XX:SharedArchiveFile=${using.archive}`]),
  ];
  const jvm = [
    ...quickly,
    '-Xms128m',
    '-Xmx512m',
    '-XX:+ExitOnOutOfMemoryError',
    `-Dlog4j2.configurationFile=${join(packageRoot(), 'lab', 'stack', 'kafka', 'log4j2.properties')}`,
  ];
  return supervisor.define({
    name: `kafka-${node.id}`,
    command: using.java,
    args: [...jvm, ...classPath, 'kafka.Kafka', properties],
    cwd: supervisor.folder,
    container: { image: 'kafka', mounts: [supervisor.folder] },
    readyWithinMs: 90_000,
    prepare: async () => {
      mkdirSync(node.folder, { recursive: true });
      writeFileSync(properties, serverProperties(node, nodes, using.access));
      if (existsSync(join(node.folder, 'log', 'meta.properties'))) return;
      const format = ['kafka.tools.StorageTool', 'format', '-t', using.cluster, '-c', properties];
      const users = using.access === undefined ? [] : scramUser(using.access);
      const result = await runOnce({
        image: 'kafka',
        folder: supervisor.folder,
        command: using.java,
        args: [...quickly, ...classPath, ...format, ...users],
      });
      if (result.code !== 0) {
        throw new StartError(
          'kafka_format_failed',
          `Kafka's data folder cannot be formatted:\n${result.output}`,
          exitCode.unavailable,
        );
      }
    },
    isReady: () => acceptsConnections(node.port),
  });
}

function serverProperties(
  node: Node,
  nodes: readonly Node[],
  access: KafkaAccess | undefined,
): string {
  const replicas = nodes.length;
  const voters = nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`);
  const secured = Object.entries(node.ports);
  const clients = [
    `PLAINTEXT://127.0.0.1:${node.port}`,
    ...secured.map(([name, port]) => `${name.toUpperCase()}://127.0.0.1:${port}`),
  ].join(',');
  const protocols = [
    'PLAINTEXT:PLAINTEXT',
    'CONTROLLER:PLAINTEXT',
    ...secured.map(([name]) => `${name.toUpperCase()}:SASL_SSL`),
  ];
  const values: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': voters.join(','),
    listeners: `${clients},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': clients,
    'listener.security.protocol.map': protocols.join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    ...(access === undefined ? {} : securedProperties(access)),
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(node.folder, 'log'),
    'auto.create.topics.enable': false,
    'unclean.leader.election.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': replicas === 1 ? 1 : 2,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 8,
    // Read whole when a broker starts.
    'offsets.topic.segment.bytes': 1_048_576,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': replicas === 1 ? 1 : 2,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': replicas === 1 ? 1 : 2,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed is let in again once its former self has timed out.
    'broker.heartbeat.interval.ms': 1_000,
    'broker.session.timeout.ms': 6_000,
    // One that lags is waited for no longer than one that is gone.
    'replica.lag.time.max.ms': 10_000,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'num.network.threads': 2,
    'num.io.threads': 4,
  };
  const lines = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return `${lines.join('\n')}\n`;
}
