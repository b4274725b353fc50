import type { Server } from 'node:http';
import type { BlockList, Socket } from 'node:net';
import { AddressCounts } from './address-counts.js';
import { isTrusted } from './client-address.js';
import { addressBlock, canonicalAddress } from './ip-address.js';
import { readProxyHeader } from './proxy-protocol.js';

/** Why a connection is ended before it has said anything. */
export type ConnectionRefusal =
  'connections_max' | 'connections_per_address_max' | 'proxy_protocol';

export interface GuardOptions {
  readonly trustedProxies: BlockList;
  /** True: every connection begins with a PROXY header, and comes from a trusted proxy. */
  readonly usesProxyProtocol: boolean;
  /** Connections of one address, those that have become sockets among them. */
  readonly connectionsPerAddressMax: number;
  /** How long the PROXY header may take. */
  readonly headerDeadlineMs: number;
  readonly metrics: { socketRefused(reason: ConnectionRefusal): void };
}

/** Tells the canonical address of a connection's other side, as the PROXY header has it. */
export type AddressOf = (socket: Socket) => string;

/**
 * Stands before an HTTP server that isn't listening yet: each connection is read for its PROXY
 * header and counted by its address before the server hears of it. Trusted proxies have no bound,
 * since all viewers come by way of them.
 */
export function guardConnections(http: Server, options: GuardOptions): AddressOf {
  const { trustedProxies, connectionsPerAddressMax, metrics } = options;
  // Node's own listener, by which the server learns of a connection.
  const serveAll = http.listeners('connection') as ((socket: Socket) => void)[];
  const counts = new AddressCounts();
  const told = new WeakMap<Socket, string>();
  const end = (socket: Socket, reason: ConnectionRefusal): void => {
    metrics.socketRefused(reason);
    socket.destroy();
  };
  const serve = (socket: Socket, address: string): void => {
    told.set(socket, address);
    if (!isTrusted(address, trustedProxies)) {
      const block = addressBlock(address);
      if (counts.of(block) >= connectionsPerAddressMax) {
        end(socket, 'connections_per_address_max');
        return;
      }
      counts.add(block);
      socket.once('close', () => counts.remove(block));
    }
    for (const listener of serveAll) listener.call(http, socket);
  };
  http.removeAllListeners('connection');
  http.on('drop', () => metrics.socketRefused('connections_max'));
  http.on('connection', (socket: Socket) => {
    const address = canonicalAddress(socket.remoteAddress ?? '');
    // Gone already.
    if (address === undefined) socket.destroy();
    else if (!options.usesProxyProtocol) serve(socket, address);
    else if (!isTrusted(address, trustedProxies)) end(socket, 'proxy_protocol');
    else {
      takeProxyHeader(socket, options.headerDeadlineMs, {
        onRead: (viewer) => serve(socket, viewer ?? address),
        onWrong: () => end(socket, 'proxy_protocol'),
      });
    }
  });
  return (socket) => told.get(socket) ?? '';
}

/** Reads the header, however it is split, and leaves what comes behind it to be read. */
function takeProxyHeader(
  socket: Socket,
  deadlineMs: number,
  events: { onRead(address: string | undefined): void; onWrong(): void },
): void {
  let bytes = Buffer.alloc(0);
  const finish = (): void => {
    clearTimeout(timer);
    socket.off('readable', read);
    socket.off('end', refuse);
    socket.off('close', finish);
  };
  const refuse = (): void => {
    finish();
    events.onWrong();
  };
  const read = (): void => {
    for (let chunk = nextChunk(socket); chunk !== undefined; chunk = nextChunk(socket)) {
      bytes = Buffer.concat([bytes, chunk]);
    }
    const header = bytes.length === 0 ? undefined : readProxyHeader(bytes);
    if (header === undefined || header.kind === 'more') return;
    if (header.kind === 'wrong') {
      refuse();
      return;
    }
    finish();
    if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
    events.onRead(header.address);
  };
  const timer = setTimeout(refuse, deadlineMs);
  socket.on('error', () => socket.destroy());
  socket.on('readable', read);
  socket.on('end', refuse);
  socket.on('close', finish);
}

function nextChunk(socket: Socket): Buffer | undefined {
  // Without an encoding a socket gives Buffers; null: nothing more for now.
  return (socket.read() as Buffer | null) ?? undefined;
}
