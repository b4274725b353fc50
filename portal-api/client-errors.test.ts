import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { closePortals, testPortal } from './testing/portal-server.js';

afterAll(closePortals);

/** All that the portal answers to these bytes before it closes. */
async function answerTo(bytes: string): Promise<string> {
  const { app } = await testPortal();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port });
  let answer = '';
  socket.on('data', (data) => (answer += data.toString('latin1')));
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('bytes that are no request', () => {
  it.each([
    [
      'a path that is too long',
      `GET /api/v1/streams?q=${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
      431,
    ],
    ['another protocol', '\u0016\u0003\u0001\u0002\r\n\r\n', 400],
  ])('are answered as a problem: %s', async (_what, bytes, status) => {
    const answer = await answerTo(bytes);
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(answer).toContain('Content-Type: application/problem+json');
    const [, body = ''] = answer.split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ code: 'bad_request' });
  });
});
