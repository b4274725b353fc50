import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { AppError } from '../../../service/errors.js';

const host = '127.0.0.1';
const lowestPort = 10_240;
const attemptsMax = 2_000;

/** The first port that the kernel may give to outgoing connections: ours must be below. */
function firstEphemeralPort(): number {
  try {
    const [low] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/);
    return Math.max(lowestPort + 1_000, Math.min(Number(low), 32_768));
  } catch {
    return 32_768;
  }
}

/**
 * Ports of one stack. Each is locked for as long as this process lives, also while the server that
 * it is for is stopped: by a UDP socket bound to the same number, which nobody else binds and which
 * the kernel releases whatever way the process ends, so a lock can't be left behind.
 */
export class PortReservations {
  readonly #locks: Socket[] = [];

  /** Reserves a free loopback port outside the range of outgoing connections. */
  async reserve(): Promise<number> {
    const above = firstEphemeralPort();
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const port = lowestPort + Math.floor(Math.random() * (above - lowestPort));
      const lock = await lockPort(port);
      if (lock === undefined) continue;
      if (await canListen(port)) {
        this.#locks.push(lock);
        return port;
      }
      lock.close();
    }
    throw new AppError('no_free_port', `no free port between ${lowestPort} and ${above - 1}`);
  }

  release(): void {
    for (const lock of this.#locks.splice(0)) lock.close();
  }
}

function lockPort(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4' });
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ port, address: host, exclusive: true }, () => {
      socket.unref();
      resolve(socket);
    });
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
