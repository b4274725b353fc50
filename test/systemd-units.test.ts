import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findCommand, runCommand } from '../lab/stack/install/run-command.js';
import { ingestSettings } from '../ingest/settings.js';
import { portalSettings } from '../portal-api/settings.js';
import { rollupSettings } from '../rollup/settings.js';
import { packageRoot } from '../service/package-root.js';
import { trackerSettings } from '../tracker/settings.js';

const folder = join(packageRoot(), 'deploy', 'systemd');
const units = readdirSync(folder);
const analyze = findCommand('systemd-analyze');

/** Seconds that a stop may take by default, of each service's folder. */
const stopDeadlines: Readonly<Record<string, unknown>> = {
  tracker: trackerSettings.properties.stop_deadline_seconds,
  rollup: rollupSettings.properties.stop_deadline_seconds,
  ingest: ingestSettings.properties.stop_deadline_seconds,
  'portal-api': portalSettings.properties.stop_deadline_seconds,
};

function textOf(unit: string): string {
  return readFileSync(join(folder, unit), 'utf8');
}

describe('systemd’s units', () => {
  it('are those of all services', () => {
    const services = units.map((unit) => /dist\/([a-z-]+)\/main\.js/.exec(textOf(unit))?.[1]);
    expect(new Set(services)).toEqual(new Set(Object.keys(stopDeadlines)));
  });

  it('can be checked by systemd-analyze, which lab/stack/install installs', () => {
    expect(analyze).toBeDefined();
  });

  it.each(units)('%s is what systemd takes', async (unit) => {
    const path = join(folder, unit);
    const { code, output } = await runCommand(analyze ?? '', ['verify', '--man=no', path]);
    // Units of other packages on this machine may not be what it takes.
    const complaints = output.split('\n').filter((line) => line.includes('viblast'));
    expect([code, complaints]).toEqual([0, []]);
  });

  it.each(units)('%s is closed to what the service doesn’t need', async (unit) => {
    const path = join(folder, unit);
    const args = ['security', '--offline=true', '--threshold=20', path];
    const { code, output } = await runCommand(analyze ?? '', args);
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  });

  it.each(units)('%s gives a stop more time than it takes by default', (unit) => {
    const text = textOf(unit);
    const service = /dist\/([a-z-]+)\/main\.js/.exec(text)?.[1] ?? '';
    const { default: deadline } = stopDeadlines[service] as { readonly default: number };
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(deadline + 10);
    expect(text).toContain('\nUser=viblast\n');
    expect(text).toContain('\nType=notify\n');
    expect(text).toContain('\nLimitNOFILE=1048576\n');
  });
});
