import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { announceLimits } from '../../../schemas/index.js';
import type { Attack, Attacker } from '../attack.js';
import { messagePauseMs, reports } from './lies.js';

/** Each on its own, over and over. */
async function atATime(count: number, each: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, each));
}

/** A TCP connection that has sent this; gone when the other side ends it, or all is over. */
async function rawConnection(attacker: Attacker, text: string): Promise<void> {
  const { signal, address, tally } = attacker.options;
  const { hostname, port } = new URL(attacker.url);
  const socket: Socket = connect({ host: hostname, port: Number(port), localAddress: address });
  const destroy = (): void => void socket.destroy();
  signal.addEventListener('abort', destroy);
  socket.on('error', () => tally.add('connection errors'));
  socket.resume();
  tally.add('connections');
  socket.write(text);
  await once(socket, 'close').catch(() => undefined);
  signal.removeEventListener('abort', destroy);
}

const silentSockets = 200;
const halfOpenConnections = 200;
const unreadSockets = 20;
const upgradesAtATime = 4;

/** Connections that cost the other side something, and say nothing. */
export const connectionAttacks: readonly Attack[] = [
  {
    name: 'bad-tokens',
    what: 'hello to a stream that asks for a token, with a forged one, as fast as may be',
    namedBy: ['errors_total{code="token_refused"}'],
    run: (attacker) =>
      atATime(upgradesAtATime, () =>
        attacker.repeat(async () => {
          const viewer = await attacker.open();
          await viewer?.join(attacker.options.lockedStream, attacker.newSession(), {
            token: forgedToken,
          });
          await viewer?.closed;
        }),
      ),
  },
  {
    name: 'unknown-streams',
    what: 'hello to streams that nobody registered',
    namedBy: ['errors_total{code="unknown_stream"}'],
    run: (attacker) =>
      attacker.repeat(async () => {
        const viewer = await attacker.open();
        await viewer?.join(attacker.newSession(), attacker.newSession());
        await viewer?.closed;
      }),
  },
  {
    name: 'control-frames',
    what: 'pongs that nobody asked for, as fast as may be',
    namedBy: ['errors_total{code="too_many_messages"}'],
    run: (attacker) => attacker.flood((viewer) => viewer.pong()),
  },
  {
    name: 'refused-upgrades',
    what: 'sockets of a subprotocol that nobody speaks',
    namedBy: ['sockets_refused_total{reason="subprotocol"}'],
    run: (attacker) =>
      atATime(upgradesAtATime, () =>
        attacker.repeat(async () => {
          const viewer = await attacker.open(['nobody.speaks.this']);
          await viewer?.closed;
        }),
      ),
  },
  {
    name: 'half-open',
    what: 'connections that begin a request and never end it',
    namedBy: [],
    run: (attacker) =>
      atATime(halfOpenConnections, () =>
        attacker.repeat(() => rawConnection(attacker, 'GET / HTTP/1.1\r\nHost: '), restPauseMs),
      ),
  },
  {
    name: 'silent',
    what: 'sockets that say nothing',
    namedBy: ['errors_total{code="hello_expected"}'],
    run: (attacker) =>
      atATime(silentSockets, () =>
        attacker.repeat(async () => {
          const viewer = await attacker.open();
          await viewer?.closed;
        }, restPauseMs),
      ),
  },
  {
    name: 'never-reading',
    what: 'sockets that say much that has to be answered, and read nothing',
    namedBy: ['sockets_ended_total'],
    secondsMin: 240,
    run: (attacker) =>
      atATime(unreadSockets, () =>
        attacker.repeatJoined(async (joined) => {
          joined.viewer.stopReading();
          // Refused, each by a number of ten digits.
          await joined.viewer.send(reports(joined, announceLimits.numberMax, { time: 0 }));
          await attacker.wait(messagePauseMs(joined));
        }),
      ),
  },
  {
    name: 'too-many-sockets',
    what: 'more sockets than one address may have, from an address of their own',
    namedBy: ['sockets_refused_total{reason="sockets_per_address_max"}'],
    secondsMin: 60,
    isElsewhere: true,
    run: (attacker) =>
      atATime(upgradesAtATime, () =>
        attacker.repeat(async () => {
          // It is held to the end: an attacker's sockets are ended when all is over.
          const joined = await attacker.join(attacker.newSession());
          if (joined === undefined) await attacker.wait(restPauseMs);
        }),
      ),
  },
];

const restPauseMs = 500;
const forgedToken = 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.eyJzdHJlYW0iOiJob3N0aWxlIn0.c2lnbmF0dXJl';
