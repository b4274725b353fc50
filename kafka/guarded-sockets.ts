import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { tlsTrouble } from '../service/tls-trouble.js';
import type { Admittance } from './admittance.js';
import { memoryOfAnswer } from './fetched-memory.js';
import { FramedReads } from './framed-reads.js';

const keepAliveDelayMs = 60_000;

/** Such as Kafka has them: undefined is without TLS. */
export interface ConnectTo {
  readonly host: string;
  readonly port: number;
  readonly tls: ConnectionOptions | undefined;
}

/** `onread`: where it puts what it reads, without TLS. */
export function openSocket(
  { host, port, tls }: ConnectTo,
  onConnect: () => void,
  onread?: OnReadOpts,
): Socket {
  if (tls === undefined) {
    return connect({ host, port, ...(onread === undefined ? {} : { onread }) }, onConnect);
  }
  // A name in the handshake is for names alone (RFC 6066 §3).
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, ...name, ...tls }, onConnect);
}

/**
 * True: these bytes begin a TLS alert (RFC 8446 §5.1), which no answer of Kafka's does: it would
 * be 336 MB long.
 */
export function isTlsAlert(bytes: Buffer): boolean {
  return bytes.length >= 2 && bytes.readUInt16BE(0) === 0x1503;
}

/**
 * Opens kafkajs's sockets where the broker may be asked now, and sees who refuses us before anybody
 * else does. `hasLogin`: being let in is decided later, by the login.
 */
export function guardedSockets(admittance: Admittance, hasLogin: boolean): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const broker = `${host}:${port}`;
    admittance.knock(broker);
    // kafkajs's type has it always; without TLS it is null.
    const tls = (ssl as ConnectionOptions | null) ?? undefined;
    // TLS makes buffers of its own.
    const reads =
      tls === undefined
        ? new FramedReads(memoryOfAnswer, (frame) => socket.emit('data', frame))
        : undefined;
    const socket = openSocket({ host, port, tls }, onConnect, reads);
    socket.setKeepAlive(true, keepAliveDelayMs);
    const refused = (why: string): void =>
      admittance.refused(broker, `Kafka at ${broker}: ${why}`, 'connection');
    socket.on('error', (error) => {
      const trouble = tls === undefined ? undefined : tlsTrouble(error);
      if (trouble !== undefined) refused(trouble);
    });
    // A broker's first answer comes after all that TLS checks.
    socket.once('data', (bytes: Buffer) => {
      if (tls === undefined && isTlsAlert(bytes)) refused('it speaks TLS: set kafka_tls to "on"');
      else if (!hasLogin) admittance.admitted(broker);
    });
    return socket;
  };
}
