import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/**
 * What a socket costs at the least: `ws`, set up as the tracker has it, which reads a frame and
 * writes two of the sizes given. Tells its port to who forked it.
 */

const [answerBytes = 0, acknowledgedBytes = 0] = process.argv.slice(2).map(Number);
const answer = 'a'.repeat(answerBytes);
const acknowledged = 'a'.repeat(acknowledgedBytes);

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  maxPayload: 128 * 1_024,
});
server.on('connection', (socket) => {
  socket.on('message', () => {
    socket.send(answer);
    socket.send(acknowledged);
  });
  socket.on('error', () => undefined);
});
server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit());
