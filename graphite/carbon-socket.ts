import Graphite from 'graphite-client';
import { messageOf } from '../service/errors.js';

const connectTimeoutMs = 5_000;

/** One TCP connection to carbon's line receiver. */
export interface CarbonSocket {
  /** Bytes that have not left this process yet. */
  readonly waitingBytes: number;
  /** Writes lines of ASCII, each with its end. Not before it is open, nor after `end`. */
  write(lines: string): void;
  /** Ends our side after what was written; carbon ends its own when it has read all of it. */
  end(): void;
  /** Drops it, with what hasn't been sent. */
  destroy(): void;
}

/** Called later than the call that opens it. */
export interface SocketEvents {
  readonly onOpen: () => void;
  /**
   * It is gone, or was never there; once. `isRead`: True: carbon ended its side after ours, so it
   * has read all that was written.
   */
  readonly onClosed: (reason: string, isRead: boolean) => void;
}

export type OpenCarbonSocket = (events: SocketEvents) => CarbonSocket;

/**
 * Opens connections with graphite-client, which doesn't reconnect, queues without bound and throws
 * on ECONNREFUSED: so one client a connection, of which little more than the socket is used.
 */
export function carbonSockets(host: string, port: number): OpenCarbonSocket {
  return ({ onOpen, onClosed }) => {
    const client = new Graphite(host, port);
    let reason = 'connection closed';
    let isEnded = false;
    let isRead = false;
    client.on('error', (error) => {
      reason = messageOf(error);
      isRead = false;
    });
    // A carbon that is killed with something unread resets the connection instead.
    client.on('end', () => (isRead = isEnded));
    client.on('close', () => onClosed(reason, isRead));
    client.connect(() => {
      client.socket.setTimeout(0);
      client.socket.setKeepAlive(true, 10_000);
      onOpen();
    });
    const { socket } = client;
    socket.setTimeout(connectTimeoutMs, () =>
      socket.destroy(new Error('no connection within 5 s')),
    );
    // Carbon answers nothing; reading lets the end of the connection be seen.
    socket.resume();
    return {
      get waitingBytes() {
        return socket.writableLength;
      },
      // The client's own write wants an object of all names and copies it: that takes seconds.
      write: (lines) => void socket.write(lines, 'latin1'),
      end: () => {
        isEnded = true;
        client.end();
      },
      destroy: () => void socket.resetAndDestroy(),
    };
  };
}
