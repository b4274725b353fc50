import type { Socket } from 'node:net';
import { isTlsAlert, openSocket, type ConnectTo } from './guarded-sockets.js';

/** What answers at a port. */
export type Listener =
  /** Kafka: it takes logins by these mechanisms, without any it takes no login. */
  | { readonly kind: 'kafka'; readonly mechanisms: readonly string[] }
  | { readonly kind: 'tls' }
  /** It said nothing, or nothing that is known here. */
  | { readonly kind: 'unknown' };

const saslHandshakeKey = 17;
const version = 1;
const unsupportedMechanism = 33;
const illegalState = 34;
const answerMsMax = 3_000;
const answerBytesMax = 4_096;
const mechanismsMax = 20;

/** A SaslHandshake request for a mechanism that no broker has, as Kafka's protocol has it. */
function handshake(): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(2);
    length.writeInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const head = Buffer.alloc(8);
  head.writeInt16BE(saslHandshakeKey, 0);
  head.writeInt16BE(version, 2);
  const body = Buffer.concat([head, text('viblast'), text('NONE')]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/** What the bytes so far say; undefined: more have to come. */
export function readListener(bytes: Buffer): Listener | undefined {
  if (isTlsAlert(bytes)) return { kind: 'tls' };
  if (bytes.length < 4) return undefined;
  const size = bytes.readInt32BE(0);
  if (size < 10 || size > answerBytesMax) return { kind: 'unknown' };
  if (bytes.length < 4 + size) return undefined;
  const error = bytes.readInt16BE(8);
  if (error === illegalState) return { kind: 'kafka', mechanisms: [] };
  if (error !== unsupportedMechanism) return { kind: 'unknown' };
  const mechanisms: string[] = [];
  const count = Math.min(bytes.readInt32BE(10), mechanismsMax);
  for (let at = 14; mechanisms.length < count && at + 2 <= bytes.length;) {
    const end = at + 2 + Math.max(0, bytes.readInt16BE(at));
    mechanisms.push(bytes.toString('utf8', at + 2, end));
    at = end;
  }
  return { kind: 'kafka', mechanisms };
}

/**
 * Asks a port what it is, without kafkajs, which is only told that its connection is closed. No
 * credentials are said. Resolves within seconds, whatever it is.
 */
export function askListener(at: ConnectTo): Promise<Listener> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const socket: Socket = openSocket(at, () => socket.write(handshake()));
    const end = (listener: Listener): void => {
      socket.destroy();
      resolve(listener);
    };
    socket.setTimeout(answerMsMax, () => end({ kind: 'unknown' }));
    socket.on('error', () => end({ kind: 'unknown' }));
    socket.on('close', () => end({ kind: 'unknown' }));
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const listener = readListener(bytes);
      if (listener !== undefined) end(listener);
    });
  });
}
