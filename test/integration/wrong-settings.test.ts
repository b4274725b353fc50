import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exitCode } from '../../service/errors.js';
import { packageRoot } from '../../service/package-root.js';
import { eventually } from './ingest-support.js';
import { sharedStack } from './stack.js';

interface Ended {
  readonly code: number | null;
  readonly errors: string;
}

const services = ['tracker', 'rollup', 'ingest', 'portal-api'] as const;
type Service = (typeof services)[number];

/** Settings with which each service would start on the shared stack. */
function goodSettings(service: Service): Record<string, string> {
  const stack = sharedStack();
  const [graphiteHost = '', graphitePort = ''] = stack.graphite.plaintext.split(':');
  const common = {
    VIBLAST_NODE_NAME: `wrong-${service}-${process.pid}`,
    VIBLAST_KAFKA_BROKERS: stack.kafka.brokers.join(','),
    VIBLAST_ADMIN_PORT: '0',
  };
  const clickhouse = { VIBLAST_CLICKHOUSE_URL: stack.clickhouse.url };
  switch (service) {
    case 'tracker':
      return { ...common, VIBLAST_TRACKER_LISTEN_PORT: '0' };
    case 'rollup':
      return {
        ...common,
        ...clickhouse,
        VIBLAST_GRAPHITE_HOST: graphiteHost,
        VIBLAST_GRAPHITE_PORT: graphitePort,
      };
    case 'ingest':
      return { ...common, ...clickhouse };
    case 'portal-api':
      return {
        ...common,
        VIBLAST_PORTAL_LISTEN_PORT: '0',
        VIBLAST_PORTAL_TOKEN: 'a-token-for-this-test',
        VIBLAST_GRAPHITE_URL: stack.graphite.render,
      };
  }
}

function start(service: Service, changed: Record<string, string>, args: readonly string[] = []) {
  const main = join(packageRoot(), 'dist', service, 'main.js');
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], ...goodSettings(service), ...changed },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { errors: '', log: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.errors += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.log += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('exit', (code) => resolve({ code, errors: output.errors.trim() }));
  });
  return { child, output, ended };
}

async function failing(
  service: Service,
  changed: Record<string, string>,
  args?: string[],
): Promise<Ended> {
  return start(service, changed, args).ended;
}

describe.each(services)('%s with a wrong setting', (service) => {
  it.each([
    ['an unknown key', { VIBLAST_KAFKA_BROKRS: 'x:1' }, 'kafka_brokrs'],
    ['a wrong type', { VIBLAST_ADMIN_PORT: 'many' }, 'admin_port'],
    ['a value out of range', { VIBLAST_ADMIN_PORT: '70000' }, 'admin_port'],
    ['no broker address', { VIBLAST_KAFKA_BROKERS: 'nonsense' }, 'kafka_brokers'],
    ['a setting of the old system', { VIBLAST_MYSQL_HOST: 'db' }, 'mysql_host'],
  ])(
    'names %s in one line and exits with 78',
    async (_what, changed, named) => {
      const { code, errors } = await failing(service, changed);
      expect(errors.split('\n')).toHaveLength(1);
      expect(errors).toContain(named);
      expect(code).toBe(exitCode.configuration);
    },
    30_000,
  );

  it('names an unknown argument in one line and exits with 64', async () => {
    const { code, errors } = await failing(service, {}, ['--nonsense']);
    expect(errors).toContain('--nonsense');
    expect([code, errors.split('\n').length]).toEqual([exitCode.usage, 1]);
  }, 30_000);

  it('names a port that is taken in one line and exits with 98', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const { code, errors } = await failing(service, { VIBLAST_ADMIN_PORT: String(port) });
    await new Promise((resolve) => server.close(resolve));
    expect(errors).toContain(String(port));
    expect([code, errors.split('\n').length]).toEqual([exitCode.portTaken, 1]);
  }, 30_000);

  it('waits for a broker that is away, says so, and stops when told', async () => {
    const { child, output, ended } = start(service, { VIBLAST_KAFKA_BROKERS: '127.0.0.1:9' });
    await eventually('it says that it waits', () =>
      Promise.resolve(output.log.includes('waiting for Kafka')),
    );
    child.kill('SIGTERM');
    expect((await ended).code).toBe(exitCode.ok);
  }, 60_000);
});

describe.each(['rollup', 'ingest'] as const)('%s', (service) => {
  it('names a database that does not exist and exits with 69', async () => {
    const { code, errors } = await failing(service, { VIBLAST_CLICKHOUSE_DATABASE: 'nowhere' });
    expect(errors).toContain('nowhere');
    expect([code, errors.split('\n').length]).toEqual([exitCode.unavailable, 1]);
  }, 60_000);
});
