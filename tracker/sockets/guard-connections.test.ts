import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { trackerLimits } from '../limits.js';
import { proxyV1, proxyV2 } from '../testing/proxy-headers.js';
import { RawConnection, upgradeRequest } from '../testing/raw-connection.js';
import {
  startTestTracker,
  type TestTracker,
  type TestTrackerOptions,
} from '../testing/start-test-tracker.js';
import { TestViewer, until } from '../testing/test-viewer.js';

let tracker: TestTracker;
let raws: RawConnection[] = [];

afterEach(async () => {
  for (const { socket } of raws) socket.destroy();
  raws = [];
  await tracker.stop();
});

async function start(options: TestTrackerOptions): Promise<void> {
  tracker = await startTestTracker(options);
}

function raw(localAddress?: string): RawConnection {
  const connection = new RawConnection(tracker.server.address, localAddress);
  raws.push(connection);
  return connection;
}

async function refused(reason: string): Promise<number> {
  const text = await tracker.registry.metrics();
  const line = new RegExp(
    `^viblast_tracker_sockets_refused_total{reason="${reason}"} (\\d+)$`,
    'm',
  );
  return Number(line.exec(text)?.[1] ?? 0);
}

describe('connections that stay without being viewers', () => {
  it('end within seconds where they were refused, so that one address leaves room for others', async () => {
    await start({ socketsMax: 3, socketsPerAddressMax: 1 });
    const first = await TestViewer.connect(tracker.url, 'viblast.v1', {
      headers: { 'x-forwarded-for': '198.51.100.1' },
    });
    const connectionsMax = 3 + trackerLimits.httpConnectionsMax;
    for (let count = 0; count < connectionsMax; count += 1) {
      // Neither reads the answer nor ends its side.
      const { socket } = raw();
      socket.pause();
      socket.write(upgradeRequest('198.51.100.1'));
    }
    await until(async () => (await refused('sockets_per_address_max')) > 200, 'most are refused');
    await until(async () => {
      const viewer = await TestViewer.connect(tracker.url, 'viblast.v1', {
        headers: { 'x-forwarded-for': '198.51.100.2' },
      });
      const isTaken = viewer.closeCode === undefined;
      viewer.end();
      return isTaken;
    }, 'another address is let in');
    first.end();
  }, 30_000);

  it('tell the refused one why before they end', async () => {
    await start({ socketsPerAddressMax: 1 });
    const viewer = await TestViewer.connect(tracker.url);
    const connection = raw();
    connection.socket.write(upgradeRequest());
    await until(() => connection.received.includes('\r\n\r\n'), 'the answer comes');
    expect(connection.received).toMatch(/^HTTP\/1.1 429 [^]*Retry-After: \d+\r\n\r\n$/);
    // It goes on sending: a connection that is gone answers that with a reset.
    const writing = setInterval(() => connection.socket.write('x'), 50);
    await until(() => connection.isClosed, 'it is gone');
    clearInterval(writing);
    viewer.end();
  }, 30_000);

  it('are so many of one address at most, and end when they say nothing', async () => {
    await start({ socketsPerAddressMax: 2, trustedProxies: ['10.0.0.5'] });
    const silent = Array.from({ length: 100 }, () => raw());
    const standing = (): number => silent.filter(({ hasEnded }) => !hasEnded).length;
    const max = 2 + trackerLimits.httpConnectionsPerAddressMax;
    await until(() => standing() <= max, 'those above the bound are ended');
    expect(await refused('connections_per_address_max')).toBe(100 - max);
    const other = await TestViewer.connect(tracker.url, 'viblast.v1', {
      localAddress: '127.0.0.2',
    });
    expect(other.closeCode).toBeUndefined();
    await until(() => standing() === 0, 'the silent ones took too long');
    expect(silent.filter(({ received }) => received.startsWith('HTTP/1.1 408'))).toHaveLength(max);
    other.end();
  }, 30_000);

  it.each([
    ['in no dialect', upgradeRequest().replace('viblast.v1', 'other'), '', 1002],
    ['with a frame above all bounds', upgradeRequest(), '\x81\xff\0\0\0\0\0\x10\0\0', 1009],
  ])(
    'end where a socket %s is closed and its viewer answers nothing',
    async (_how, request, frame, code) => {
      await start({});
      const connection = raw();
      connection.socket.write(request + frame, 'latin1');
      const close = Buffer.from([code >> 8, code & 255]).toString('latin1');
      await until(() => connection.received.includes(close), 'it is told the code');
      await until(() => tracker.server.socketCount === 0, 'it is let go');
      await until(() => connection.hasEnded, 'it is ended');
    },
    30_000,
  );

  it('get one answer without a socket, after which they are closed', async () => {
    await start({});
    const connection = raw();
    const request = 'GET /health HTTP/1.1\r\nHost: tracker\r\n\r\n';
    connection.socket.write(request + request);
    await until(() => connection.hasEnded, 'it is closed');
    expect(connection.received.split('HTTP/1.1 200').length).toBe(2);
    expect(connection.received.toLowerCase()).toContain('connection: close');
  });
});

describe('a port behind the PROXY protocol', () => {
  const [host, port] = ['127.0.0.1', () => Number(tracker.server.address.split(':')[1])];

  /** A viewer whose connection begins with these bytes, split as told. */
  function viewerBehind(header: Buffer, localAddress = '127.0.0.1'): Promise<TestViewer> {
    return TestViewer.connect(tracker.url, 'viblast.v1', {
      createConnection: () => {
        const socket = connect({ host, port: port(), localAddress });
        socket.write(header);
        return socket;
      },
    });
  }

  it.each([
    ['1', proxyV1],
    ['2', proxyV2],
  ])('takes a viewer’s address from version %s', async (_version, header) => {
    await start({ usesProxyProtocol: true, socketsPerAddressMax: 2 });
    const viewers = [
      await viewerBehind(header('203.0.113.7')),
      await viewerBehind(header('203.0.113.7')),
      await viewerBehind(header('2001:db8::1')),
    ];
    expect(viewers.map(({ upgradeStatus }) => upgradeStatus)).toEqual(Array(3).fill(undefined));
    expect((await viewerBehind(header('203.0.113.7'))).upgradeStatus).toBe(429);
    const [viewer] = viewers;
    viewer?.send({ type: 'hello', stream: 'arena', session: 'AAAAAAAAAAAAAAAAAAAAAA' });
    expect(await viewer?.next('welcome')).toBeDefined();
    for (const each of viewers) each.end();
  });

  it.each([1, 5, 16, 1_000])(
    'takes it in pieces of %i bytes, with all behind it',
    async (length) => {
      await start({ usesProxyProtocol: true });
      for (const header of [proxyV1('203.0.113.7'), proxyV2('203.0.113.7')]) {
        const connection = raw();
        const bytes = Buffer.concat([header, Buffer.from(upgradeRequest())]);
        await connection.writeInPieces(bytes, length);
        await until(() => connection.received.includes('\r\n\r\n'), 'it is answered');
        expect(connection.received).toMatch(/^HTTP\/1.1 101 /);
      }
    },
  );

  it('believes no header of a viewer that comes from where it says itself', async () => {
    await start({ usesProxyProtocol: true, socketsPerAddressMax: 1 });
    const forged = async (address: string): Promise<TestViewer> =>
      TestViewer.connect(tracker.url, 'viblast.v1', {
        headers: { 'x-forwarded-for': address },
        createConnection: () => {
          const socket = connect({ host, port: port() });
          socket.write(proxyV2('203.0.113.7'));
          return socket;
        },
      });
    const viewer = await forged('1.1.1.1');
    expect((await forged('2.2.2.2')).upgradeStatus).toBe(429);
    viewer.end();
  });

  it('answers health checks of the proxy itself', async () => {
    await start({ usesProxyProtocol: true });
    const headers = [proxyV2('1.2.3.4', { command: 0 }), Buffer.from('PROXY UNKNOWN\r\n')];
    for (const header of headers) {
      const connection = raw();
      connection.socket.write(header);
      connection.socket.write('GET /health HTTP/1.1\r\nHost: tracker\r\n\r\n');
      await until(() => connection.received.includes('ready'), 'it is answered');
      expect(connection.received).toMatch(/^HTTP\/1.1 200 /);
    }
  });

  it('ends connections without the header, with a wrong one, and from elsewhere', async () => {
    await start({ usesProxyProtocol: true, trustedProxies: ['127.0.0.1'] });
    const plain = raw();
    plain.socket.write(upgradeRequest());
    const wrong = raw();
    wrong.socket.write('PROXY TCP4 nobody 127.0.0.1 1 2\r\n');
    const ended = raw();
    ended.socket.end('PROXY ');
    const elsewhere = raw('127.0.0.2');
    elsewhere.socket.write(proxyV2('203.0.113.7'));
    await until(() => raws.every(({ hasEnded }) => hasEnded), 'all are ended');
    expect(raws.map(({ received }) => received)).toEqual(['', '', '', '']);
    expect(await refused('proxy_protocol')).toBe(4);
  });

  it('waits for the header no longer than for a request, and counts by what it says', async () => {
    await start({ usesProxyProtocol: true, socketsPerAddressMax: 1 });
    const slow = raw();
    slow.socket.write('PROXY ');
    const max = 1 + trackerLimits.httpConnectionsPerAddressMax;
    const silent = Array.from({ length: max + 10 }, () => raw());
    for (const { socket } of silent) socket.write(proxyV2('203.0.113.7'));
    await until(
      async () => (await refused('connections_per_address_max')) === 10,
      'those above the bound are ended',
    );
    await until(() => slow.hasEnded, 'the slow one is ended');
  }, 30_000);
});
