import type { Server as HttpServer } from 'node:http';
import type { BlockList, Server, Socket } from 'node:net';
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
  /** Connections on all ports, those that have become sockets among them. */
  readonly connectionsMax: number;
  /** The same of one address. */
  readonly connectionsPerAddressMax: number;
  /** How long the PROXY header may take. */
  readonly headerDeadlineMs: number;
  readonly metrics: { socketRefused(reason: ConnectionRefusal): void };
  /** Told where the PROXY header is missing, or comes from a stranger. */
  readonly hints: { noProxyHeader(address: string): void };
}

/** What a server is told of a connection by, once it is let in. */
type Listener = (socket: Socket) => void;

/**
 * Stands before an HTTP server, on each port that its connections come in by: each connection is
 * read for its PROXY header and counted by its address before the server hears of it. Trusted
 * proxies have no bound of their own, since all viewers come by way of them.
 */
export class ConnectionGuard {
  readonly #counts = new AddressCounts();
  readonly #addresses = new WeakMap<Socket, string>();
  readonly #serve: Listener;
  readonly #connections = new Set<Socket>();

  /** Takes the place of the server's own listener, so the server isn't listening yet. */
  constructor(
    http: HttpServer,
    private readonly options: GuardOptions,
  ) {
    // Node's own, by which the server learns of a connection.
    const own = http.listeners('connection') as Listener[];
    http.removeAllListeners('connection');
    this.#serve = (socket) => {
      for (const listener of own) listener.call(http, socket);
    };
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** The canonical address of a connection's other side, as the PROXY header has it. */
  addressOf(socket: Socket): string {
    return this.#addresses.get(socket) ?? '';
  }

  /** `wrap` gives what speaks for a connection that is let in: itself, or its end of TLS. */
  standBefore(port: Server, wrap: (connection: Socket) => Socket): void {
    port.on('connection', (connection: Socket) => this.#receive(connection, wrap));
  }

  /** Ends every connection, whatever it is about. */
  endAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  #receive(connection: Socket, wrap: (connection: Socket) => Socket): void {
    const { trustedProxies, usesProxyProtocol, headerDeadlineMs, connectionsMax } = this.options;
    if (this.#connections.size >= connectionsMax) {
      this.#end(connection, 'connections_max');
      return;
    }
    this.#connections.add(connection);
    // It comes once; `once` would keep three objects more for each connection.
    connection.on('close', () => this.#connections.delete(connection));
    const address = canonicalAddress(connection.remoteAddress ?? '');
    // Gone already.
    if (address === undefined) connection.destroy();
    else if (!usesProxyProtocol) this.#letIn(connection, address, wrap);
    else if (!isTrusted(address, trustedProxies)) this.#endUnproxied(connection, address);
    else {
      takeProxyHeader(connection, headerDeadlineMs, {
        onRead: (viewer) => this.#letIn(connection, viewer ?? address, wrap),
        onWrong: () => this.#endUnproxied(connection, address),
      });
    }
  }

  #letIn(connection: Socket, address: string, wrap: (connection: Socket) => Socket): void {
    const { trustedProxies, connectionsPerAddressMax } = this.options;
    if (!isTrusted(address, trustedProxies)) {
      const block = addressBlock(address);
      if (this.#counts.of(block) >= connectionsPerAddressMax) {
        this.#end(connection, 'connections_per_address_max');
        return;
      }
      this.#counts.add(block);
      connection.on('close', () => this.#counts.remove(block));
    }
    const speaker = wrap(connection);
    this.#addresses.set(speaker, address);
    this.#serve(speaker);
  }

  #endUnproxied(connection: Socket, address: string): void {
    this.options.hints.noProxyHeader(address);
    this.#end(connection, 'proxy_protocol');
  }

  #end(connection: Socket, reason: ConnectionRefusal): void {
    this.options.metrics.socketRefused(reason);
    connection.destroy();
  }
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
