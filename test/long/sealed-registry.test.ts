import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { connectKafka } from '../../kafka/index.js';
import { setUpCluster } from '../../lab/stack/cluster.js';
import { runCommand, type CommandResult } from '../../lab/stack/install/run-command.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { startKafka, type KafkaServers } from '../../lab/stack/servers/kafka.js';
import { Services } from '../../lab/stack/services.js';
import type { TrackerProcess } from '../../lab/stack/types.js';
import { emptyStream, openRegistry, RegistryWriter, Sealing } from '../../registry/index.js';
import { packageRoot } from '../../service/package-root.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { newSession, TestViewer } from '../../tracker/testing/test-viewer.js';
import { eventually } from '../integration/testing/ingest-support.js';

const stream = 'arena';
const kid = 'k1';
const secret = randomBytes(32);
const secretText = secret.toString('base64url');
const keyText = (): string => randomBytes(32).toString('base64url');

/** Kafkas of their own: one with a stream whose token key stands open in the log, one empty. */
describe('the registry’s log', () => {
  const supervisor = new Supervisor();
  const keys = { right: keyText(), wrong: keyText() };
  let kafka: KafkaServers;
  let knowing: TrackerProcess;
  let unknowing: TrackerProcess;

  const file = (name: string): string => join(supervisor.folder, name);

  function vbaAdmin(...args: string[]): Promise<CommandResult> {
    const program = join(packageRoot(), 'dist', 'admin', 'vba-admin.js');
    return runCommand(process.execPath, [program, ...args]);
  }
  const at = (servers: KafkaServers): string[] => ['--kafka-brokers', servers.brokers.join(',')];

  /** Registers a stream whose secret isn't sealed, as portals of before did. */
  async function registerStream(): Promise<void> {
    const connection = connectKafka({
      brokers: kafka.brokers,
      clientId: 'sealed-test',
      logger: silentLogger,
    });
    const { signal } = new AbortController();
    const { registry } = await openRegistry({
      kafka: connection,
      logger: silentLogger,
      stopping: signal,
    });
    const producer = await connection.producer();
    const writer = new RegistryWriter(registry, producer);
    const tokenKeys = [{ kid, secret: secretText }];
    await writer.putStream({ ...emptyStream(stream), tokenKeys }, 0, 'test');
    writer.close();
    await producer.close();
    await registry.stop();
  }

  beforeAll(async () => {
    for (const [name, text] of Object.entries(keys)) writeFileSync(file(name), `${text}\n`);
    kafka = await startKafka(supervisor, 1);
    await setUpCluster(kafka.brokers, {});
    await registerStream();
    const none = { plaintext: '', render: '', url: '', database: '' };
    const services = new Services(supervisor, { kafka, clickhouse: none, graphite: none });
    const withKey = async (name: string): Promise<TrackerProcess> =>
      (await services.startTracker({ settings: { registry_key_file: file(name) } })).process;
    [knowing, unknowing] = await Promise.all([withKey('right'), withKey('wrong')]);
  }, 180_000);

  afterAll(async () => {
    await supervisor.close();
  }, 60_000);

  /** What a tracker answers to a token that is signed so. */
  async function answerTo(tracker: TrackerProcess, signedBy: Buffer): Promise<string> {
    const session = newSession();
    const token = await new SignJWT({ stream, session })
      .setProtectedHeader({ alg: 'HS256', kid })
      .setExpirationTime('5m')
      .sign(signedBy);
    const viewer = await TestViewer.connect(tracker.ws);
    viewer.send({ type: 'hello', stream, session, browser: 'Firefox', token });
    await eventually('it answers', () => Promise.resolve(viewer.received.length > 0));
    viewer.end();
    const [answer] = viewer.received;
    return answer?.type === 'error' ? answer.code : String(answer?.type);
  }

  async function exported(servers: KafkaServers, name: string): Promise<string[]> {
    const { code, output } = await vbaAdmin('registry', 'export', file(name), ...at(servers));
    if (code !== 0) throw new Error(output);
    return readFileSync(file(name), 'utf8').trimEnd().split('\n').slice(1);
  }

  const textOf = (line = ''): string => {
    const { value } = JSON.parse(line) as { readonly value: string };
    return Buffer.from(value, 'base64').toString('latin1');
  };

  it('is read as ever where a secret stands open in it', async () => {
    expect(await answerTo(knowing, secret)).toBe('welcome');
    expect(await answerTo(unknowing, secret)).toBe('welcome');
    expect(textOf((await exported(kafka, 'open.jsonl')).at(-1))).toContain(secretText);
  }, 60_000);

  it('has the secret sealed once vba-admin has sealed it', async () => {
    const wanted = await vbaAdmin('stream', 'reseal', ...at(kafka));
    expect(wanted).toMatchObject({ code: 78, output: expect.stringContaining('registry_key') });
    const flags = ['--registry-key-file', file('right'), ...at(kafka)];
    const { code, output } = await vbaAdmin('stream', 'reseal', ...flags);
    expect([code, output]).toEqual([0, expect.stringContaining('token keys of 1 stream')]);
    expect(output).toContain('are to be replaced');
    const last = textOf((await exported(kafka, 'sealed.jsonl')).at(-1));
    expect(last).toContain('sealed1_');
    expect(last).not.toContain(secretText);
    const again = await vbaAdmin('stream', 'reseal', ...flags);
    expect(again).toMatchObject({ code: 0, output: 'sealed the token keys of 0 streams\n' });
  }, 60_000);

  it('lets in by the sealed key who comes with a good token, where the key is known', async () => {
    expect(await answerTo(knowing, secret)).toBe('welcome');
    const [sealed] = /sealed1_[\w-]+/.exec(textOf((await exported(kafka, 'x.jsonl')).at(-1))) ?? [];
    // Who reads Kafka knows this text.
    const readable = Buffer.from(sealed ?? '', 'base64url');
    expect(await answerTo(knowing, readable)).toBe('token_refused');
  }, 60_000);

  it('opens nothing where the key is another: its id is named, and all else goes on', async () => {
    await eventually(
      'it has read it',
      async () => (await answerTo(unknowing, secret)) !== 'welcome',
    );
    expect(await answerTo(unknowing, secret)).toBe('token_refused');
    const log = readFileSync(unknowing.logFile, 'utf8');
    const line = log.split('\n').find((text) => text.includes('cannot be unsealed')) ?? '{}';
    const keyId = new Sealing([keys.right]).keyId;
    expect(JSON.parse(line)).toMatchObject({ level: 'error', stream, kid, keyId });
    expect((await fetch(`http://${unknowing.admin}/readyz`)).status).toBe(200);
    const wrong = ['--registry-key-file', file('wrong'), ...at(kafka)];
    const { code, output } = await vbaAdmin('stream', 'reseal', ...wrong);
    expect([code, output]).toEqual([1, expect.stringContaining(`stream ${stream}`)]);
  }, 60_000);

  describe('in a backup', () => {
    const elsewhere = new Supervisor();
    let other: KafkaServers;

    beforeAll(async () => {
      other = await startKafka(elsewhere, 1);
    }, 120_000);

    afterAll(async () => {
      await elsewhere.close();
    }, 60_000);

    it('is for its owner alone, and comes back record by record into an empty Kafka', async () => {
      const before = await exported(kafka, 'backup.jsonl');
      expect(statSync(file('backup.jsonl')).mode & 0o777).toBe(0o600);
      const { code, output } = await vbaAdmin(
        'registry',
        'import',
        file('backup.jsonl'),
        ...at(other),
      );
      expect([code, output]).toEqual([
        0,
        expect.stringContaining(`took back ${before.length} records of the registry: 1 stream`),
      ]);
      expect(await exported(other, 'again.jsonl')).toEqual(before);
      expect((await vbaAdmin('status', ...at(other))).code).toBe(0);
      const list = await vbaAdmin('stream', 'list', '--json', ...at(other));
      expect(JSON.parse(list.output)).toMatchObject([{ key: stream, tokenKeys: [{ kid }] }]);
    }, 120_000);

    it('is refused by a registry that is not empty, and where it is not whole', async () => {
      const twice = await vbaAdmin('registry', 'import', file('backup.jsonl'), ...at(other));
      expect(twice).toMatchObject({ code: 1, output: expect.stringContaining('is not empty') });
      const text = readFileSync(file('backup.jsonl'), 'utf8');
      writeFileSync(file('half.jsonl'), text.slice(0, text.trimEnd().lastIndexOf('\n') + 1));
      const half = await vbaAdmin('registry', 'import', file('half.jsonl'), ...at(other));
      expect(half).toMatchObject({ code: 64, output: expect.stringContaining('half.jsonl') });
    }, 60_000);
  });
});
