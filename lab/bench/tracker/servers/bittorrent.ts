import { register } from 'node:module';

/**
 * The npm package bittorrent-tracker as a server of WebSockets alone, as it is published. Tells its
 * port to who forked it.
 */

interface PublishedServer {
  on(event: 'warning' | 'error', listener: (error: Error) => void): void;
  listen(port: number, host: string, onListening: () => void): void;
  readonly ws: { address(): { readonly port: number } };
}

register('../../../clients/resolve-published.js', import.meta.url);
const published: string = 'published:bittorrent-tracker-11/server';
const { default: Server } = (await import(published)) as {
  readonly default: new (options: object) => PublishedServer;
};
const server = new Server({ http: false, udp: false, ws: true, stats: false });
// Such as each socket that a load ends.
server.on('warning', () => undefined);
server.on('error', ({ message }) => console.error(message));
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.ws.address().port }));
process.once('disconnect', () => process.exit());
