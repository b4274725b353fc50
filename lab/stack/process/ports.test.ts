import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { PortReservations } from './ports.js';

describe('PortReservations', () => {
  it('never gives a port out twice, whoever asks', async () => {
    const first = new PortReservations();
    const second = new PortReservations();
    const ports = await Promise.all(
      Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? first : second).reserve()),
    );
    first.release();
    second.release();
    expect(new Set(ports).size).toBe(60);
  });

  it('gives ports that a server can listen on at once', async () => {
    const stack = new PortReservations();
    const port = await stack.reserve();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
    stack.release();
    expect(port).toBeLessThan(32_768);
  });
});
