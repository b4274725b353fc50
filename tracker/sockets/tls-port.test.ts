import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket, type ClientOptions } from 'ws';
import {
  firstCertificate,
  secondCertificate,
  type TestCertificate,
} from '../testing/certificates.js';
import { proxyV1, proxyV2 } from '../testing/proxy-headers.js';
import { RawConnection, upgradeRequest } from '../testing/raw-connection.js';
import {
  startTestTracker,
  type TestTracker,
  type TestTrackerOptions,
} from '../testing/start-test-tracker.js';
import { newSession, TestViewer, until } from '../testing/test-viewer.js';
import { readCertificate, type Certificate } from '../tls/certificate.js';

function certificateOf({ certificate, key }: TestCertificate): Certificate {
  const read = readCertificate(certificate, key);
  if (!read.ok) throw new Error(read.problem);
  return read.certificate;
}

const ca = [firstCertificate.certificate, secondCertificate.certificate];

describe('the port with TLS', () => {
  let tracker: TestTracker;
  let inUse = certificateOf(firstCertificate);

  afterEach(async () => {
    inUse = certificateOf(firstCertificate);
    expect(tracker.internalErrors).toEqual([]);
    await tracker.stop();
  });

  async function start(options: TestTrackerOptions = {}): Promise<void> {
    tracker = await startTestTracker({ certificate: () => inUse, ...options });
  }

  const secure = (options: ClientOptions = {}): Promise<TestViewer> =>
    TestViewer.connect(tracker.secureUrl, 'viblast.v1', { ca, ...options });

  async function welcomed(viewer: TestViewer): Promise<void> {
    viewer.send({ type: 'hello', stream: 'arena', session: newSession() });
    await viewer.next('welcome');
  }

  const [host, tlsPort] = ['127.0.0.1', () => Number(new URL(tracker.secureUrl).port)];

  /** The first name in the certificate that a newcomer is shown. */
  async function shownName(): Promise<string | undefined> {
    const socket = connectTls({ host, port: tlsPort(), ca });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return [subject.CN].flat()[0];
  }

  it('has viewers who meet those of the plain port', async () => {
    await start();
    const [one, other] = [await secure(), await TestViewer.join(tracker.url, 'arena')];
    await welcomed(one);
    one.announce([{ number: 0, time: Date.now() }]);
    await one.next('acknowledged');
    other.announce([{ number: 0, time: Date.now() }]);
    expect((await other.next('peers')).peers).toMatchObject([{ peer: one.peer }]);
    const health = connectTls({ host, port: tlsPort(), ca, ALPNProtocols: ['h2', 'http/1.1'] });
    let answer = '';
    health.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    health.write('GET /health HTTP/1.1\r\nHost: tracker\r\n\r\n');
    await until(() => answer.startsWith('HTTP/1.1 200'), 'the health check is answered');
    expect(health.alpnProtocol).toBe('http/1.1');
  });

  it('takes a new certificate for those who come, and keeps the sockets of the one before', async () => {
    await start();
    const before = await secure();
    await welcomed(before);
    expect(await shownName()).toBe('first');
    inUse = certificateOf(secondCertificate);
    expect(await shownName()).toBe('second');
    before.announce([{ number: 0, time: Date.now() }]);
    await before.next('acknowledged');
    expect(before.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('shares its bounds with the plain port', async () => {
    await start({ socketsMax: 3, socketsPerAddressMax: 2 });
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const viewers = [
      await secure(from('198.51.100.1')),
      await TestViewer.connect(tracker.url, 'viblast.v1', from('198.51.100.1')),
    ];
    expect((await secure(from('198.51.100.1'))).upgradeStatus).toBe(429);
    viewers.push(await secure(from('198.51.100.2')));
    expect((await secure(from('198.51.100.3'))).upgradeStatus).toBe(503);
    for (const viewer of viewers) viewer.end();
    await until(() => tracker.server.socketCount === 0, 'all are gone');
  });

  it('believes no forged header of who is no trusted proxy', async () => {
    await start({ trustedProxies: ['10.0.0.5'], socketsPerAddressMax: 1 });
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const viewer = await secure(from('1.1.1.1'));
    expect((await secure(from('2.2.2.2'))).upgradeStatus).toBe(429);
    viewer.end();
  });

  it.each([proxyV1('203.0.113.7'), proxyV2('203.0.113.7')])(
    'takes the address from a PROXY header in front of the handshake',
    async (header) => {
      await start({ usesProxyProtocol: true, socketsPerAddressMax: 1 });
      const behind = (): Promise<TestViewer> =>
        secure({
          createConnection: () => {
            const socket: Socket = connectPlain({ host, port: tlsPort() });
            socket.write(header);
            return connectTls({ socket, ca, host });
          },
        });
      const viewer = await behind();
      await welcomed(viewer);
      expect((await behind()).upgradeStatus).toBe(429);
      viewer.end();
    },
  );

  it('ends who speaks no TLS, or not to its end, and lets others in meanwhile', async () => {
    await start({ socketsMax: 3 });
    const address = `${host}:${tlsPort()}`;
    const raws = Array.from({ length: 40 }, () => new RawConnection(address));
    for (const [index, { socket }] of raws.entries()) {
      if (index % 4 === 0) socket.write(upgradeRequest());
      if (index % 4 === 1) socket.write(Buffer.from([0x16, 3, 1, 2]));
      if (index % 4 === 2) socket.write(Buffer.alloc(2_000, 0x16));
    }
    const viewer = await secure();
    await welcomed(viewer);
    await until(() => raws.every(({ hasEnded }) => hasEnded), 'all are ended');
    expect(await tracker.registry.metrics()).toMatch(
      /sockets_refused_total\{reason="tls"\} (1\d|20)$/m,
    );
    viewer.end();
    await until(() => tracker.server.socketCount === 0, 'it is gone');
  }, 30_000);
});
