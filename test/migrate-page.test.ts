import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { rollupSettings } from '../rollup/settings.js';
import { loadSettings } from '../service/config.js';
import { packageRoot } from '../service/package-root.js';
import { trackerSettings } from '../tracker/settings.js';

const page = readFileSync(join(packageRoot(), 'docs', 'migrate.md'), 'utf8');
const table = /<!-- settings of the original[^]*?<!-- end/.exec(page)?.[0] ?? '';
const rows = [...table.matchAll(/^\| `(.+?)`.*?\| `(.+?)` *\| (.+?) *\|$/gm)].map(
  ([, file = '', setting = '', here = '']) => ({ file, setting, here }),
);

describe('docs/migrate.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the tracker says of a setting at its start. */
  function saidOf(setting: string): string {
    const path = join(folder, 'tracker.json');
    writeFileSync(path, JSON.stringify({ node_name: 'vbt0@172.16.0.17', [setting]: 'x' }));
    try {
      loadSettings('tracker', trackerSettings, { configPath: path, environment: {} });
      return 'taken';
    } catch (error) {
      return String(error);
    }
  }

  it('has all settings of the original’s guide', () => {
    expect(rows.map(({ setting }) => setting)).toEqual([
      '-name',
      '-setcookie',
      'tracker_listen_port',
      'tracker_ssl_listen_port',
      'tracker_nodes',
      'graphite_host',
      'graphite_port',
      'graphite_prefix',
      'mysql_hostname',
      'mysql_username',
      'mysql_password',
      'mysql_database',
    ]);
  });

  it.each(rows)('says what comes of $setting', ({ setting, here }) => {
    if (here.startsWith('the same')) {
      const known = [trackerSettings, rollupSettings].flatMap(({ properties }) =>
        Object.keys(properties),
      );
      expect(known).toContain(setting);
      return;
    }
    expect(saidOf(setting)).toContain('no longer used');
    const named = /^`(\w+)`|: `(\w+)`/.exec(here);
    if (named !== null) expect(saidOf(setting)).toContain(named[1] ?? named[2]);
  });
});
