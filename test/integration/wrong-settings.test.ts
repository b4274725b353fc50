import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { exitCode } from '../../service/errors.js';
import { eventually } from './testing/ingest-support.js';
import {
  goodSettings,
  services,
  startService,
  type Ended,
  type Needed,
  type Service,
  type StartedService,
} from './testing/service-starts.js';
import { sharedStack } from './testing/stack.js';

function needed(): Needed {
  const { kafka, clickhouse, graphite } = sharedStack();
  const { plaintext, render } = graphite;
  return { brokers: kafka.brokers, clickhouse: clickhouse.url, graphite: plaintext, render };
}

function start(
  service: Service,
  changed: Record<string, string>,
  args?: readonly string[],
): StartedService {
  return startService(service, { ...goodSettings(service, needed()), ...changed }, args);
}

function failing(
  service: Service,
  changed: Record<string, string>,
  args?: readonly string[],
): Promise<Ended> {
  return start(service, changed, args).ended;
}

describe.each(services)('%s with a wrong setting', (service) => {
  it.concurrent.each([
    ['an unknown key', { VIBLAST_KAFKA_BROKRS: 'x:1' }, 'kafka_brokrs'],
    ['a wrong type', { VIBLAST_ADMIN_PORT: 'many' }, 'admin_port'],
    ['no broker address', { VIBLAST_KAFKA_BROKERS: 'nonsense' }, 'kafka_brokers'],
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

  it.concurrent(
    'names an unknown argument in one line and exits with 64',
    async () => {
      const { code, errors } = await failing(service, {}, ['--nonsense']);
      expect(errors).toContain('--nonsense');
      expect([code, errors.split('\n').length]).toEqual([exitCode.usage, 1]);
    },
    30_000,
  );

  it.concurrent(
    'names a port that is taken in one line and exits with 98',
    async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      const { code, errors } = await failing(service, { VIBLAST_ADMIN_PORT: String(port) });
      await new Promise((resolve) => server.close(resolve));
      expect(errors).toContain(String(port));
      expect([code, errors.split('\n').length]).toEqual([exitCode.portTaken, 1]);
    },
    30_000,
  );

  it.concurrent(
    'waits for a broker that is away, says so, and stops when told',
    async () => {
      const { child, log, ended } = start(service, { VIBLAST_KAFKA_BROKERS: '127.0.0.1:9' });
      await eventually('it says that it waits', () =>
        Promise.resolve(log().includes('waiting for Kafka')),
      );
      child.kill('SIGTERM');
      expect((await ended).code).toBe(exitCode.ok);
    },
    60_000,
  );
});

describe.each(['rollup', 'ingest'] as const)('%s', (service) => {
  it.concurrent(
    'names a database that does not exist and exits with 69, before it takes anything from others',
    async () => {
      const { ended, log } = start(service, { VIBLAST_CLICKHOUSE_DATABASE: 'nowhere' });
      const { code, errors } = await ended;
      expect(log()).not.toContain('partitions assigned');
      expect(log()).toContain('"msg":"stopped"');
      expect(errors).toContain('nowhere');
      expect([code, errors.split('\n').length]).toEqual([exitCode.unavailable, 1]);
    },
    60_000,
  );
});
