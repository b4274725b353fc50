import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/**
 * `ws` alone, set up as the tracker has it; ends with the channel to who forked it, and tells its
 * port there.
 */
export function startBareServer(onMessage: (socket: WebSocket, data: Buffer) => void): void {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    perMessageDeflate: false,
    maxPayload: 128 * 1_024,
  });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => onMessage(socket, data));
    socket.on('error', () => undefined);
  });
  server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.once('disconnect', () => process.exit());
}
