import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findCommand } from '../../lab/stack/index.js';
import { acceptsConnections } from '../../lab/stack/process/probes.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { startGraphite, type GraphiteServers } from '../../lab/stack/servers/graphite.js';
import { setKeys, shippedFile } from '../../lab/stack/servers/templates.js';
import { eventually } from './testing/ingest-support.js';

const shippedAddresses = 'graphite-1.example.com:2003:1, graphite-2.example.com:2003:2';

/** As docs/architectures.md#cluster says: carbon-relay with its shipped files, two Graphites. */
describe('a relay before two Graphites', () => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-'));
  const supervisors = [new Supervisor(), new Supervisor()];
  let graphites: readonly GraphiteServers[] = [];
  let port = 0;

  beforeAll(async () => {
    graphites = await Promise.all(supervisors.map((supervisor) => startGraphite(supervisor, 60)));
    const [supervisor] = supervisors;
    if (supervisor === undefined) throw new Error('no supervisor');
    port = await supervisor.ports.reserve();
    const addresses = graphites
      .map(({ plaintext }, index) => `${plaintext}:${index + 1}`)
      .join(', ');
    const shipped = (name: string): string =>
      shippedFile('examples', 'cluster', name).replaceAll(shippedAddresses, addresses);
    const settings = setKeys(shipped('carbon-relay.conf'), {
      LINE_RECEIVER_PORT: port,
      PICKLE_RECEIVER_PORT: await supervisor.ports.reserve(),
    });
    const folders = `STORAGE_DIR = ${folder}\nCONF_DIR = ${folder}\nLOG_DIR = ${folder}\nPID_DIR = ${folder}\n`;
    writeFileSync(join(folder, 'carbon.conf'), settings + folders);
    writeFileSync(join(folder, 'relay-rules.conf'), shipped('relay-rules.conf'));
    // It isn't there for the relay, which doesn't start without it.
    const schemas = shippedFile('graphite', 'storage-schemas.conf');
    writeFileSync(join(folder, 'storage-schemas.conf'), schemas);
    await supervisor.run({
      name: 'carbon-relay',
      command: findCommand('carbon-relay') ?? 'carbon-relay',
      args: [
        '--nodaemon',
        `--config=${join(folder, 'carbon.conf')}`,
        `--rules=${join(folder, 'relay-rules.conf')}`,
        `--pidfile=${join(folder, 'relay.pid')}`,
        'start',
      ],
      environment: { PYTHONUNBUFFERED: '1' },
      isReady: () => acceptsConnections(port),
    });
  }, 180_000);

  afterAll(async () => {
    for (const supervisor of supervisors) await supervisor.close(5_000);
    rmSync(folder, { recursive: true });
  }, 60_000);

  const minute = Math.floor(Date.now() / 60_000) - 10;

  async function write(offset: number, value: number): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.end(`viblast.total.viewers ${value} ${(minute + offset) * 60}\n`);
    await once(socket, 'close');
  }

  async function has(
    graphite: GraphiteServers | undefined,
    offset: number,
    value: number,
  ): Promise<void> {
    await eventually(`${graphite?.render} has ${value}`, async () => {
      const from = (minute + offset) * 60 - 1;
      const query = `target=viblast.total.viewers&format=json&from=${from}&until=${from + 60}`;
      const answer = await fetch(`${graphite?.render}/render?${query}`);
      return JSON.stringify(await answer.json()).includes(`[${value},`);
    });
  }

  it('gives both all points, and one that was away those that it missed', async () => {
    const [one, two] = graphites;
    await write(0, 17.5);
    await has(one, 0, 17.5);
    await has(two, 0, 17.5);

    await two?.carbon.stop();
    await write(1, 18.5);
    await has(one, 1, 18.5);
    await two?.carbon.start();
    await has(two, 1, 18.5);
    await write(2, 19.5);
    await has(two, 2, 19.5);
    expect(graphites).toHaveLength(2);
  }, 120_000);
});
