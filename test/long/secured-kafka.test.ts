import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environmentOf } from '../../lab/stack/index.js';
import { setUpCluster } from '../../lab/stack/cluster.js';
import { installPackages, opensslNeed } from '../../lab/stack/install/debian-packages.js';
import { kafkaJars } from '../../lab/stack/install/kafka-jars.js';
import { findCommand, runCommand } from '../../lab/stack/install/run-command.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { startClickHouse, type ClickHouseServer } from '../../lab/stack/servers/clickhouse.js';
import { startKafka, type KafkaServers } from '../../lab/stack/servers/kafka.js';
import { Services } from '../../lab/stack/services.js';
import type { ServiceProcess } from '../../lab/stack/types.js';
import { boundAddress } from '../../service/admin-server.js';
import { exitCode } from '../../service/errors.js';
import { packageRoot } from '../../service/package-root.js';
import { eventually } from '../integration/testing/ingest-support.js';
import {
  goodSettings,
  startService,
  type Ended,
  type Service,
} from '../integration/testing/service-starts.js';

type Settings = Readonly<Record<string, string>>;

/** A Kafka of its own, with listeners that no client should trust, and one user. */
describe('a Kafka with TLS and logins', () => {
  const supervisor = new Supervisor();
  let kafka: KafkaServers;

  beforeAll(async () => {
    await installPackages([opensslNeed], () => undefined);
    kafka = await startKafka(supervisor, 1, true);
    await setUpCluster(kafka.brokers, {}, kafka.settings);
  }, 180_000);

  afterAll(async () => {
    await supervisor.close();
  }, 60_000);

  const listener = (name: keyof KafkaServers['listeners']): Settings => ({
    kafka_brokers: kafka.listeners[name] ?? '',
  });
  const login = (password: string): Settings => ({
    kafka_sasl_password: password,
    kafka_sasl_password_file: '',
  });
  const none: Settings = {
    kafka_sasl_mechanism: 'none',
    kafka_sasl_username: '',
    kafka_sasl_password_file: '',
  };

  /** Where the broker refused somebody, by its own log. */
  function refusals(): string[] {
    const [broker] = kafka.processes;
    return readFileSync(broker?.logFile ?? '', 'utf8')
      .split('\n')
      .filter((line) => line.includes('Failed authentication with'));
  }

  function failing(service: Service, changed: Settings): Promise<Ended> {
    const nowhere = { clickhouse: 'http://127.0.0.1:9', graphite: '127.0.0.1:9' };
    const needed = { brokers: kafka.brokers, ...nowhere, render: 'http://127.0.0.1:9' };
    const settings = environmentOf({ ...kafka.settings, ...changed });
    return startService(service, { ...goodSettings(service, needed), ...settings }).ended;
  }

  const wrong: [Service, string, () => Settings, string, number][] = [
    ['tracker', 'a wrong password', () => login('wrong'), 'kafka_sasl_password is wrong', 1],
    ['rollup', 'another user', () => ({ kafka_sasl_username: 'x' }), 'the login of "x"', 1],
    ['ingest', 'an expired certificate', () => listener('expired'), 'has expired', 1],
    ['portal-api', 'a foreign authority', () => listener('foreign'), 'a foreign CA', 1],
    [
      'tracker',
      'no TLS to a port of TLS',
      () => ({ ...none, kafka_tls: 'off', kafka_tls_ca_file: '' }),
      'it speaks TLS',
      1,
    ],
    ['rollup', 'TLS to a port without', () => listener('plain'), 'it speaks no TLS', 0],
    ['ingest', 'no login where one is wanted', () => none, 'a login by SCRAM-SHA-512', 2],
    [
      'portal-api',
      'another mechanism',
      () => ({ kafka_sasl_mechanism: 'scram-sha-256' }),
      'no login by scram-sha-256',
      1,
    ],
    [
      'tracker',
      'a login where none is taken',
      () => ({ ...listener('plain'), kafka_tls: 'off', kafka_tls_ca_file: '' }),
      'it takes no login',
      0,
    ],
  ];

  it.each(wrong)(
    'lets %s not in with %s: one line, 78, and no storm',
    async (service, _what, changed, said, attemptsMax) => {
      const before = refusals().length;
      const { code, errors } = await failing(service, changed());
      expect(errors).toContain(said);
      expect(errors).toContain('Kafka at 127.0.0.1:');
      expect([code, errors.split('\n').length]).toEqual([exitCode.configuration, 1]);
      expect(refusals().length - before).toBeLessThanOrEqual(attemptsMax);
      for (const secret of ['wrong', readFileSync(passwordFile(), 'utf8').trim()]) {
        expect(errors.replaceAll('is wrong', '')).not.toContain(secret);
      }
    },
    60_000,
  );

  function passwordFile(): string {
    return kafka.settings['kafka_sasl_password_file'] ?? '';
  }

  function vbaAdmin(settings: Settings): ReturnType<typeof runCommand> {
    const program = join(packageRoot(), 'dist', 'admin', 'vba-admin.js');
    const environment = environmentOf({
      kafka_brokers: kafka.brokers.join(','),
      ...kafka.settings,
      ...settings,
    });
    return runCommand(process.execPath, [program, 'status'], { environment });
  }

  it('tells vba-admin as it tells services', async () => {
    const { code, output } = await vbaAdmin(login('wrong'));
    expect([code, output.trim().split('\n').length]).toEqual([exitCode.configuration, 1]);
    expect(output).toContain('kafka_sasl_password is wrong');
    expect((await vbaAdmin({})).code).toBe(exitCode.ok);
  }, 60_000);

  /** As an operator does it, through the listener of the brokers. */
  async function setPassword(password: string): Promise<void> {
    const jars = await kafkaJars(() => undefined);
    const change = `--alter --entity-type users --entity-name viblast`.split(' ');
    const { code, output } = await runCommand(
      findCommand('java') ?? 'java',
      ['-cp', join(jars, '*'), 'kafka.admin.ConfigCommand'].concat(
        ['--bootstrap-server', kafka.listeners.plain ?? ''],
        change,
        ['--add-config', `SCRAM-SHA-512=[password=${password}]`],
      ),
    );
    if (code !== 0) throw new Error(output);
  }

  async function reasons(service: ServiceProcess): Promise<{ kafka?: string }> {
    const response = await fetch(`http://${service.admin}/readyz`);
    return ((await response.json()) as { reasons: { kafka?: string } }).reasons;
  }

  describe('when the password changes under a running tracker', () => {
    let tracker: ServiceProcess;

    beforeAll(async () => {
      const clickhouse = { url: '', database: '' };
      const graphite = { plaintext: '', render: '' };
      const services = new Services(supervisor, { kafka, clickhouse, graphite });
      ({ process: tracker } = await services.startTracker());
    }, 60_000);

    it('is not ready, says why, and asks less and less often', async () => {
      const before = refusals().length;
      const beforeMs = Date.now();
      const [broker] = kafka.processes;
      await setPassword('another');
      // Who is in stays in until it connects anew.
      await broker?.stop();
      await broker?.start();
      await eventually('it says so', async () =>
        ((await reasons(tracker)).kafka ?? '').includes('kafka_sasl_password is wrong'),
      );
      await eventually('it tried four times', () =>
        Promise.resolve(refusals().length - before >= 4),
      );
      // After 1, 2, 4 … s: who is slow tries less often still.
      const passedSeconds = (Date.now() - beforeMs) / 1_000;
      expect(refusals().length - before).toBeLessThanOrEqual(2 + Math.log2(passedSeconds + 1));
    }, 120_000);

    it('is ready again by itself once the password is right', async () => {
      await setPassword(readFileSync(passwordFile(), 'utf8').trim());
      await eventually('it is ready', async () => Object.keys(await reasons(tracker)).length === 0);
      expect(readFileSync(tracker.logFile, 'utf8')).toContain('a broker refuses this node');
    }, 120_000);
  });

  /** Its own interface, behind a proxy that has a certificate. */
  describe('and a ClickHouse behind TLS', () => {
    const proxies: Server[] = [];
    let clickhouse: ClickHouseServer;

    beforeAll(async () => {
      clickhouse = await startClickHouse(supervisor);
    }, 60_000);

    afterAll(() => {
      for (const proxy of proxies) proxy.close();
    });

    async function behind(name: string): Promise<Settings> {
      const folder = dirname(passwordFile());
      const [cert, key] = ['crt', 'key'].map((end) => readFileSync(join(folder, `${name}.${end}`)));
      const proxy = createServer({ cert, key }, (socket) => {
        const inside = connect(Number(new URL(clickhouse.url).port), '127.0.0.1');
        for (const end of [socket, inside]) end.on('error', () => void inside.destroy());
        socket.pipe(inside).pipe(socket);
      });
      proxies.push(proxy);
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      return {
        clickhouse_url: `https://${boundAddress(proxy)}`,
        clickhouse_ca_file: kafka.settings['kafka_tls_ca_file'] ?? '',
      };
    }

    it('has an ingest that is ready', async () => {
      const settings = environmentOf({ ...kafka.settings, ...(await behind('client')) });
      const needed = { brokers: kafka.brokers, clickhouse: '', graphite: '', render: '' };
      const { child, log } = startService('ingest', {
        ...goodSettings('ingest', needed),
        ...settings,
      });
      await eventually('it has started', () => Promise.resolve(log().includes('"started"')));
      child.kill('SIGKILL');
      expect(log()).toContain('applied a migration');
    }, 60_000);

    it.each([
      ['an expired certificate', 'expired', 'has expired'],
      ['a foreign authority', 'foreign', 'a foreign CA'],
    ])(
      'is not waited for with %s: one line, and 69',
      async (_what, name, said) => {
        const { code, errors } = await failing('ingest', await behind(name));
        expect(errors).toContain(said);
        expect([code, errors.split('\n').length]).toEqual([exitCode.unavailable, 1]);
      },
      60_000,
    );
  });
});
