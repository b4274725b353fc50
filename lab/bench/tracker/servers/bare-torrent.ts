import { randomInt } from 'node:crypto';
import type { WebSocket } from 'ws';
import { startBareServer } from './bare-server.js';

/**
 * The least that can relay WebTorrent's offers: `ws` and JSON, without a check. Each announce is
 * answered, each offer goes to somebody of the swarm, each answer to whom it names.
 */

interface Frame {
  readonly info_hash: string;
  readonly peer_id: string;
  readonly to_peer_id?: string;
  readonly offer_id?: string;
  readonly answer?: object;
  readonly offers?: readonly { readonly offer_id: string; readonly offer: object }[];
}

const swarms = new Map<string, { readonly sockets: WebSocket[] }>();
const byId = new Map<string, WebSocket>();

startBareServer((socket, data) => take(socket, JSON.parse(data.toString()) as Frame));

function take(socket: WebSocket, frame: Frame): void {
  const { info_hash, peer_id, to_peer_id, offer_id, answer, offers } = frame;
  const action = 'announce';
  if (to_peer_id !== undefined) {
    byId.get(to_peer_id)?.send(JSON.stringify({ action, info_hash, peer_id, offer_id, answer }));
    return;
  }
  let swarm = swarms.get(info_hash);
  if (swarm === undefined) swarms.set(info_hash, (swarm = { sockets: [] }));
  if (!byId.has(peer_id)) {
    byId.set(peer_id, socket);
    swarm.sockets.push(socket);
    const { sockets } = swarm;
    socket.once('close', () => sockets.splice(sockets.indexOf(socket), 1));
  }
  const incomplete = swarm.sockets.length;
  socket.send(JSON.stringify({ action, info_hash, interval: 120, complete: 0, incomplete }));
  for (const { offer_id: id, offer } of offers ?? []) {
    const text = JSON.stringify({ action, info_hash, peer_id, offer_id: id, offer });
    swarm.sockets[randomInt(swarm.sockets.length)]?.send(text);
  }
}
