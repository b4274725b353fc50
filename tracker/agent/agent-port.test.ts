import { afterEach, describe, expect, it } from '@jest/globals';
import { trustedProxies } from '../sockets/client-address.js';
import { RawConnection } from '../testing/raw-connection.js';
import { until } from '../testing/test-viewer.js';
import { startAgentPort, type AgentPort } from './agent-port.js';

describe('the port of agent checks', () => {
  let port: AgentPort;
  afterEach(() => port.close());

  async function start(): Promise<void> {
    port = await startAgentPort({
      host: '127.0.0.1',
      port: 0,
      trustedProxies: trustedProxies(['127.0.0.1']),
      answer: (asker) => `up for ${asker}\n`,
    });
  }

  it('says its line to each proxy that connects, whatever that says, and ends', async () => {
    await start();
    for (const words of ['', 'agent-send words\n', 'x'.repeat(100_000)]) {
      const connection = new RawConnection(port.address);
      connection.socket.write(words);
      await until(() => connection.hasEnded, 'it is ended');
      expect(connection.received).toBe('up for 127.0.0.1\n');
      connection.socket.destroy();
    }
  });

  it('says nothing to others, and ends those who stay', async () => {
    await start();
    const stranger = new RawConnection(port.address, '127.0.0.2');
    const stays = new RawConnection(port.address);
    // What is sent to a connection that is gone is answered with a reset.
    const writing = setInterval(() => stays.socket.write('x'), 50);
    await until(() => stranger.hasEnded && stays.isClosed, 'both are ended');
    clearInterval(writing);
    expect([stranger.received, stays.received]).toEqual(['', 'up for 127.0.0.1\n']);
  }, 30_000);
});
