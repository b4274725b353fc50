import { createServer, type BlockList, type Server, type Socket } from 'node:net';
import { boundAddress, listen } from '../../service/admin-server.js';
import { isTrusted } from '../sockets/client-address.js';
import { canonicalAddress } from '../sockets/ip-address.js';

export interface AgentPortOptions {
  readonly host: string;
  readonly port: number;
  /** Whom it answers; everybody else gets nothing. */
  readonly trustedProxies: BlockList;
  /** The line for who asks, by its address. */
  readonly answer: (asker: string) => string;
}

export interface AgentPort {
  readonly address: string;
  close(): Promise<void>;
}

const connectionsMax = 64;
const connectionMsMax = 2_000;

/** Answers HAProxy's agent checks: a line for each connection. Rejects when it can't be bound. */
export async function startAgentPort(options: AgentPortOptions): Promise<AgentPort> {
  const open = new Set<Socket>();
  const port: Server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    const deadline = setTimeout(() => socket.destroy(), connectionMsMax);
    socket.once('close', () => clearTimeout(deadline));
    const asker = canonicalAddress(socket.remoteAddress ?? '');
    if (asker === undefined || !isTrusted(asker, options.trustedProxies)) {
      socket.destroy();
      return;
    }
    // What it says (agent-send) has no meaning; unread, it would make of our end a reset.
    socket.resume();
    socket.end(options.answer(asker));
  });
  port.maxConnections = connectionsMax;
  await listen(port, options.host, options.port);
  return {
    address: boundAddress(port),
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => port.close(() => resolve()));
    },
  };
}
