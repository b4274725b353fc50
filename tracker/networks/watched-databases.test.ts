import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { brokenAt, maxmindFile } from '../../service/testing/maxmind-file.js';
import { WatchedDatabases } from './watched-databases.js';

let folder = '';
let path = '';

/** As such files are replaced: the new one is written beside the old one. */
function replace(bytes: Buffer): void {
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}

const neverBroken = (path: string): void => {
  throw new Error(`${path} is broken`);
};

const fileOf = (system: number): Buffer =>
  maxmindFile({ '192.0.2.0/24': { autonomous_system_number: system } });

async function open(): Promise<WatchedDatabases> {
  const networks = new WatchedDatabases([path], silentLogger, neverBroken);
  await networks.readChanged();
  return networks;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'networks-'));
  path = join(folder, 'asn.mmdb');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('watched network databases', () => {
  it('are read again when a file has changed', async () => {
    replace(fileOf(64_496));
    const networks = await open();
    expect(networks.networkOf('192.0.2.1').system).toBe(64_496);
    replace(fileOf(64_497));
    await networks.readChanged();
    expect(networks.networkOf('192.0.2.1').system).toBe(64_497);
  });

  it('go on as they were where the new file is broken or gone', async () => {
    replace(fileOf(64_496));
    const networks = await open();
    replace(Buffer.from('half a fi'));
    await expect(networks.readChanged()).rejects.toThrow('no sound file of the MaxMind DB format');
    replace(brokenAt(fileOf(64_497), 'autonomous_system_number'));
    await expect(networks.readChanged()).rejects.toThrow('its entry of 192.0.2.0 is broken');
    rmSync(path);
    await expect(networks.readChanged()).rejects.toThrow('ENOENT');
    await networks.refresh();
    expect(networks.networkOf('192.0.2.1').system).toBe(64_496);
    replace(fileOf(64_498));
    await networks.readChanged();
    expect(networks.networkOf('192.0.2.1').system).toBe(64_498);
  });

  it('are refused where a file is missing or is something else', async () => {
    await expect(open()).rejects.toThrow('ENOENT');
    replace(Buffer.from('text'));
    await expect(open()).rejects.toThrow('asn.mmdb is no sound file of the MaxMind DB format');
  });

  it('name the file in which a lookup meets a broken entry', async () => {
    const entries = { '192.0.2.0/24': { asn: 'AS1' }, '192.0.3.0/24': { asn: 'AS2' } };
    replace(brokenAt(maxmindFile(entries), 'AS2'));
    const broken: string[] = [];
    const networks = new WatchedDatabases([path], silentLogger, (file) => broken.push(file));
    await networks.readChanged();
    expect(networks.networkOf('192.0.3.1').system).toBe(0);
    expect(broken).toEqual([path]);
  });

  it('may be none: then blocks of addresses are all that is known', async () => {
    const networks = new WatchedDatabases([], silentLogger, neverBroken);
    await networks.readChanged();
    expect(networks.networkOf('192.0.2.1')).toMatchObject({ system: 0, country: '' });
    expect(networks.networkOf('192.0.2.1').block).toBeGreaterThan(0);
    expect(networks.builtAtMs).toBe(0);
  });
});
