import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.js';

/**
 * The server's end of TLS over a connection. Its handshake has the time that a request's head has,
 * since the HTTP server counts from the connection on; `onFailure` is told of one that went wrong.
 */
export function secureConnection(
  connection: Socket,
  { context }: Certificate,
  onFailure: () => void,
): TLSSocket {
  const secured = new TLSSocket(connection, {
    isServer: true,
    secureContext: context,
    // WebSockets begin with an upgrade of HTTP/1.1; browsers would like HTTP/2 better.
    ALPNProtocols: ['http/1.1'],
  });
  secured.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code?.startsWith('ERR_SSL_') === true) onFailure();
    secured.destroy();
  });
  return secured;
}
