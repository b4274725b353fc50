import { register } from 'node:module';
import { createInterface } from 'node:readline';
import { wrtc } from './webrtc.js';

/**
 * A published `bittorrent-tracker` client in a process of its own: takes its verbs as lines, says
 * as JSON lines what it emits, and greets each peer over the data channel to it.
 *
 * Arguments: the package, the tracker's URL, info hash and peer_id (40 hexadecimal digits each).
 */

interface Peer {
  readonly id: string;
  on(event: 'connect', listener: () => void): void;
  on(event: 'data', listener: (data: Uint8Array) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  send(text: string): void;
}

interface Client {
  on(event: 'peer', listener: (peer: Peer) => void): void;
  on(event: 'update' | 'scrape', listener: (told: object) => void): void;
  on(event: 'warning' | 'error', listener: (error: Error) => void): void;
  start(options?: object): void;
  update(options?: object): void;
  complete(options?: object): void;
  stop(options?: object): void;
  scrape(): void;
  destroy(): void;
}

const [name = '', announce, infoHash, peerId] = process.argv.slice(2);

function tell(event: string, told: object): void {
  process.stdout.write(`${JSON.stringify({ event, ...told })}\n`);
}

register('./resolve-published.js', import.meta.url);
const { default: PublishedClient } = (await import(`published:${name}`)) as {
  readonly default: new (options: object) => Client;
};
const client = new PublishedClient({
  infoHash,
  peerId,
  announce: [announce],
  port: 6_881,
  wrtc,
  rtcConfig: { iceServers: [] },
});
client.on('update', (told) => tell('update', told));
client.on('scrape', (told) => tell('scrape', told));
client.on('warning', ({ message }) => tell('warning', { message }));
client.on('error', ({ message }) => tell('error', { message }));
client.on('peer', (peer) => {
  tell('peer', { id: peer.id });
  peer.on('connect', () => {
    tell('connect', { id: peer.id });
    peer.send(`greetings from ${peerId ?? ''}`);
  });
  peer.on('data', (data) => tell('data', { id: peer.id, text: Buffer.from(data).toString() }));
  peer.on('error', ({ message }) => tell('peer error', { id: peer.id, message }));
});
tell('ready', {});

const verbs: Readonly<Record<string, () => void>> = {
  start: () => client.start(),
  update: () => client.update(),
  complete: () => client.complete({ left: 0 }),
  stop: () => client.stop(),
  scrape: () => client.scrape(),
  destroy: () => client.destroy(),
};
createInterface({ input: process.stdin })
  .on('line', (line) => verbs[line]?.())
  .on('close', () => process.exit(0));
