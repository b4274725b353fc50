import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HaproxyServer } from '../../lab/stack/servers/haproxy.js';
import type { StartedTracker } from '../../lab/stack/services.js';
import { firstCertificate } from '../../tracker/testing/certificates.js';
import { TestViewer, until } from '../../tracker/testing/test-viewer.js';
import { metricOf } from './testing/ingest-support.js';
import { NameServer } from './testing/name-server.js';
import { extraServices, type ExtraServices } from './testing/stack.js';

const stream = 'arena-main';

/** HAProxy is started once, with its shipped file, and never reloaded. */
describe('HAProxy follows trackers that come and go', () => {
  let extra: ExtraServices;
  let names: NameServer;
  let viewers: TestViewer[] = [];
  beforeEach(async () => {
    extra = extraServices();
    names = await NameServer.start();
  });
  afterEach(async () => {
    for (const { socket } of viewers) socket.terminate();
    viewers = [];
    names.close();
    await extra.close();
  }, 60_000);

  async function join100(url: string): Promise<void> {
    const joining = Array.from({ length: 100 }, () => TestViewer.join(url, stream));
    viewers.push(...(await Promise.all(joining)));
  }

  const socketsOf = ({ process }: StartedTracker): Promise<number> =>
    metricOf(process.admin, 'viblast_tracker_sockets');

  async function areUp(haproxy: HaproxyServer, addresses: number): Promise<void> {
    await until(async () => {
      const lines = await haproxy.statistics();
      return (
        lines.filter(({ name, status }) => /^tracker-/.test(name) && status === 'UP').length ===
        addresses
      );
    }, `${addresses} trackers are up`);
  }

  it('by name: a tracker that DNS has gets viewers, one that it has no more gets none', async () => {
    const [port, agentPort] = [
      await extra.supervisor.ports.reserve(),
      await extra.supervisor.ports.reserve(),
    ];
    // As on hosts of their own: the same ports, each on another address.
    const start = (host: string): Promise<StartedTracker> =>
      extra.services.startTracker({
        settings: {
          tracker_listen_host: host,
          tracker_listen_port: port,
          tracker_agent_port: agentPort,
        },
      });
    const haproxy = await HaproxyServer.start(extra.supervisor, 'haproxy', 'leastconn', {
      byName: { trackers: `trackers.test:${port}`, dns: names.address, agentPort },
    });
    const first = await start('127.0.0.2');
    names.addresses = ['127.0.0.2'];
    await areUp(haproxy, 1);
    await join100(haproxy.ws);
    expect(await socketsOf(first)).toBe(100);

    const second = await start('127.0.0.3');
    names.addresses = ['127.0.0.2', '127.0.0.3'];
    await areUp(haproxy, 2);
    await join100(haproxy.ws);
    expect([await socketsOf(first), await socketsOf(second)]).toEqual([100, 100]);

    names.addresses = ['127.0.0.3'];
    await areUp(haproxy, 1);
    await join100(haproxy.ws);
    expect([await socketsOf(first), await socketsOf(second)]).toEqual([100, 200]);
    expect(viewers.filter(({ closeCode }) => closeCode !== undefined)).toEqual([]);
  }, 120_000);

  it('by its runtime API: a tracker that it is told of gets viewers', async () => {
    const haproxy = await HaproxyServer.start(extra.supervisor);
    const [first, second] = await Promise.all([
      extra.services.startTracker(),
      extra.services.startTracker(),
    ]);
    const name = `late-${randomBytes(2).toString('hex')}`;
    for (const [index, { port, agentPort }] of [first, second].entries()) {
      const server = `trackers/tracker-${name}-${index}`;
      const checks = `check inter 1s fastinter 250ms fall 2 rise 1 agent-check agent-port ${agentPort} agent-inter 1s`;
      const answer = await haproxy.tell([
        `add server ${server} 127.0.0.1:${port} ${checks} weight 100 maxconn 10000`,
        `enable health ${server}`,
        `enable agent ${server}`,
        `enable server ${server}`,
      ]);
      expect(answer).toContain('New server registered.');
      await areUp(haproxy, index + 1);
      await join100(haproxy.ws);
    }
    expect([await socketsOf(first), await socketsOf(second)]).toEqual([100, 100]);
  }, 120_000);

  it('serves wss with the certificate that it is given', async () => {
    const certificate = join(extra.supervisor.folder, 'viblast.pem');
    writeFileSync(certificate, firstCertificate.certificate + firstCertificate.key);
    const haproxy = await HaproxyServer.start(extra.supervisor, 'haproxy', 'leastconn', {
      certificate,
    });
    const tracker = await extra.services.startTracker();
    await haproxy.add([{ ...tracker, name: tracker.process.name }]);
    const viewer = await TestViewer.connect(haproxy.wss, 'viblast.v1', {
      ca: firstCertificate.certificate,
    });
    viewers.push(viewer);
    viewer.send({
      type: 'hello',
      stream,
      session: randomBytes(16).toString('base64url'),
      browser: 'Firefox',
    });
    expect((await viewer.next('welcome')).type).toBe('welcome');
    // Whoever doesn't trust it is not let in by another way.
    const stranger = await TestViewer.connect(haproxy.wss);
    expect([stranger.closeCode, stranger.received]).toEqual([1006, []]);
  }, 120_000);
});
