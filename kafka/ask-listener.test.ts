import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { askListener, readListener } from './ask-listener.js';

/** An answer to SaslHandshake as brokers send it. */
function answer(error: number, mechanisms: readonly string[]): Buffer {
  const names = mechanisms.map((name) => {
    const length = Buffer.alloc(2);
    length.writeInt16BE(name.length);
    return Buffer.concat([length, Buffer.from(name)]);
  });
  const head = Buffer.alloc(14);
  const body = Buffer.concat(names);
  head.writeInt32BE(10 + body.length, 0);
  head.writeInt16BE(error, 8);
  head.writeInt32BE(mechanisms.length, 10);
  return Buffer.concat([head, body]);
}

const mechanisms = ['SCRAM-SHA-512', 'PLAIN'];

describe('what a port answers', () => {
  it.each([
    ['mechanisms', answer(33, mechanisms), { kind: 'kafka', mechanisms }],
    ['no logins', answer(34, []), { kind: 'kafka', mechanisms: [] }],
    ['another error', answer(35, []), { kind: 'unknown' }],
    ['an alert of TLS', Buffer.from([0x15, 3, 3, 0, 2, 2, 80]), { kind: 'tls' }],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), { kind: 'unknown' }],
    ['a size that is none', Buffer.from([0xff, 0xff, 0xff, 0xff, 0]), { kind: 'unknown' }],
  ])('is read: %s', (_what, bytes, listener) => {
    expect(readListener(bytes)).toEqual(listener);
  });

  it('is waited for until it is there', () => {
    const whole = answer(33, mechanisms);
    for (let length = 0; length < whole.length; length += 1) {
      expect(readListener(whole.subarray(0, length))).toBeUndefined();
    }
  });

  it('is read whatever it counts', () => {
    const lying = answer(33, mechanisms);
    lying.writeInt32BE(1_000_000, 10);
    expect(readListener(lying)).toEqual({ kind: 'kafka', mechanisms });
    lying.writeInt16BE(-2, 14);
    expect(readListener(lying)?.kind).toBe('kafka');
  });

  it('is nothing where the port says nothing and closes', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await askListener({ host: '127.0.0.1', port, tls: undefined })).toEqual({
      kind: 'unknown',
    });
    server.close();
    expect((await askListener({ host: '127.0.0.1', port, tls: undefined })).kind).toBe('unknown');
  });
});
