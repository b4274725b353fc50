declare module 'graphite-client' {
  import type { Socket } from 'node:net';

  /** graphite-client 1.0.1: one plaintext connection to carbon. */
  class Graphite {
    constructor(host: string, port: number);
    readonly socket: Socket;
    connect(connectListener: () => void): void;
    on(event: string, callback: (argument: unknown) => void): void;
    end(): void;
  }
  export default Graphite;
}
