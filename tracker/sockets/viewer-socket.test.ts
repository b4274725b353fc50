import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { closeCodes, subprotocol } from '../../protocol/index.js';
import { trackerLimits } from '../limits.js';
import { RawConnection, upgradeRequest } from '../testing/raw-connection.js';
import {
  startTestTracker,
  type TestTracker,
  type TestTrackerOptions,
} from '../testing/start-test-tracker.js';
import { TestViewer, until } from '../testing/test-viewer.js';
import type { Conversation, Dialect, ViewerLink } from './conversation.js';
import { TurnWrites } from './turn-writes.js';
import { ViewerSocket, type SocketEnd } from './viewer-socket.js';

/** Says which of its verbs was called, each time. */
class Parrot implements Conversation {
  readonly calls: string[] = [];

  constructor(
    readonly link: ViewerLink,
    readonly hasGreeted: boolean,
  ) {}

  receive(text: string): boolean {
    if (text === 'throw') throw new Error('a mistake');
    this.#say(`received ${text}`);
    return text === 'budgeted';
  }

  receiveBinary(text: string): boolean {
    this.#say(`binary ${text}`);
    return false;
  }

  refuseFlood(): void {
    this.#say('flood');
    this.link.close(closeCodes.tooManyMessages, 'flood');
  }

  refuseSilence(): void {
    this.#say('silence');
    this.link.close(closeCodes.noHello, 'silence');
  }

  failed(): void {
    this.#say('failed');
    this.link.close(closeCodes.internal, 'failed');
  }

  reconnect(): void {
    throw new Error('cannot be sent away');
  }

  closed(): void {
    this.#say('closed');
  }

  #say(word: string): void {
    this.calls.push(word);
    this.link.send(word);
  }
}

const turnOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A socket whose other side reads nothing. */
function unreadSocket(turn: TurnWrites) {
  const stream = new Duplex({ read: () => undefined, write: () => undefined });
  const ends: SocketEnd[] = [];
  const events = new EventEmitter();
  const socket = Object.assign(events, {
    OPEN: 1,
    readyState: 1,
    terminate: () => {
      socket.readyState = 3;
      events.emit('close');
    },
  });
  const options = {
    messagesPerSecond: 10,
    messagesBurst: 10,
    now: Date.now,
    metrics: { socketEnded: (reason: SocketEnd) => ends.push(reason) },
    onInternalError: (error: unknown) => {
      throw error;
    },
  };
  const dialect: Dialect = {
    subprotocol: 'parrot',
    greetingDeadlines: 1,
    begin: (link) => new Parrot(link, true),
  };
  const request = {
    target: '/',
    origin: undefined,
    browser: 'Chrome',
    userAgent: undefined,
    address: '192.0.2.7',
  } as const;
  const connection = { socket: socket as unknown as WebSocket, stream, turn };
  return { viewer: new ViewerSocket(connection, options, dialect, request), ends };
}

describe('a socket, whatever is spoken on it', () => {
  let tracker: TestTracker | undefined;
  let parrots: Parrot[] = [];

  const parrot = (subprotocol: string, hasGreeted = false, greetingDeadlines = 1): Dialect => ({
    subprotocol,
    greetingDeadlines,
    begin: (link) => {
      const conversation = new Parrot(link, hasGreeted);
      parrots.push(conversation);
      return conversation;
    },
  });

  async function connect(options: TestTrackerOptions, protocols: string | string[] = 'parrot') {
    tracker ??= await startTestTracker({ dialects: [parrot('parrot')], ...options });
    const viewer = await TestViewer.connect(tracker.url, protocols);
    return { viewer, texts: viewer.texts, conversation: parrots.at(-1), tracker };
  }

  afterEach(async () => {
    await tracker?.stop();
    tracker = undefined;
    parrots = [];
  });

  it('hands frames on in their order, and says when it is gone', async () => {
    const { viewer, texts, conversation } = await connect({});
    viewer.send('one');
    viewer.socket.send(Buffer.from([1]));
    viewer.send('two');
    await until(() => texts.length === 3, 'all are answered');
    expect(texts).toEqual(['received one', 'binary \u0001', 'received two']);
    viewer.end();
    await until(() => conversation?.calls.includes('closed') === true, 'it is gone');
    expect(conversation?.calls.filter((call) => call === 'closed')).toHaveLength(1);
  });

  it('says nothing by itself while the viewer is silent, and ends the silence in time', async () => {
    const { viewer, texts } = await connect({ greetingDeadlineMs: 30 });
    expect(await viewer.closed()).toBe(closeCodes.noHello);
    expect(texts).toEqual(['silence']);
  });

  it('has as many times for a greeting as its dialect says', async () => {
    const dialects = [parrot('patient', false, 3), parrot('parrot')];
    const { viewer } = await connect({ dialects, greetingDeadlineMs: 100 }, 'patient');
    const { viewer: other } = await connect({});
    expect(await other.closed()).toBe(closeCodes.noHello);
    expect(viewer.socket.readyState).toBe(viewer.socket.OPEN);
    expect(await viewer.closed()).toBe(closeCodes.noHello);
  });

  it('is not told of silence once the viewer has greeted', async () => {
    const dialects = [parrot('greeted', true), parrot('parrot')];
    const { viewer, conversation } = await connect({ dialects, greetingDeadlineMs: 30 }, 'greeted');
    const { viewer: silent } = await connect({});
    expect(await silent.closed()).toBe(closeCodes.noHello);
    expect(conversation?.calls).toEqual([]);
    viewer.end();
  });

  it('tells of a flood at the first frame too many, and hands on none behind the close', async () => {
    const { viewer, conversation } = await connect({ messagesBurst: 3 });
    for (let count = 0; count < 50; count += 1) viewer.send(String(count));
    expect(await viewer.closed()).toBe(closeCodes.tooManyMessages);
    expect(conversation?.calls.filter((call) => call === 'flood')).toHaveLength(1);
    expect(conversation?.calls.at(-2)).toBe('flood');
  });

  it('takes a large message as many, and never for more than it may send at once', async () => {
    const slow = { messagesPerSecond: 0.01 };
    const { viewer, conversation } = await connect({ messagesBurst: 5, ...slow });
    const large = 'x'.repeat(3 * trackerLimits.messageUnitLength);
    viewer.send(large);
    viewer.send('one');
    viewer.send(large);
    expect(await viewer.closed()).toBe(closeCodes.tooManyMessages);
    expect(conversation?.calls).toHaveLength(4);
    const other = await connect({ messagesBurst: 1, ...slow });
    other.viewer.send(large);
    await until(() => other.texts.length === 1, 'it is answered');
    other.viewer.end();
  });

  it.each(['ping', 'pong'] as const)(
    'takes a %s that nobody asked for as a message, and reads no flood of them to its end',
    async (kind) => {
      const { viewer, texts, conversation } = await connect({ messagesBurst: 3 });
      viewer.socket[kind]();
      viewer.socket[kind]();
      viewer.send('one');
      await until(() => texts.length === 1, 'it is answered');
      for (let count = 0; count < 50; count += 1) viewer.socket[kind]();
      await until(() => conversation?.calls.includes('closed') === true, 'it is ended');
      expect(conversation?.calls).toEqual(['received one', 'flood', 'closed']);
    },
  );

  it('takes nothing for the answers to its own pings', async () => {
    const { viewer, texts, tracker: running } = await connect({ messagesBurst: 1 });
    let pings = 0;
    viewer.socket.on('ping', () => (pings += 1));
    const [socket] = running.server.viewers();
    if (!(socket instanceof ViewerSocket)) throw new Error('no socket');
    for (let asked = 1; asked <= 5; asked += 1) {
      for (let look = 0; look < trackerLimits.silentChecksBeforePing; look += 1) {
        socket.checkAlive();
      }
      await until(() => pings === asked, 'it is pinged');
      viewer.send('budgeted');
      await until(() => texts.length === asked, 'its pong came before');
    }
    expect(viewer.socket.readyState).toBe(viewer.socket.OPEN);
    viewer.end();
  });

  it('ends when the viewer reads nothing, and says so in the metrics', async () => {
    const { viewer, conversation, tracker: running } = await connect({});
    viewer.socket.pause();
    const isGone = (): boolean => conversation?.calls.includes('closed') === true;
    await until(() => {
      for (let count = 0; count < 10; count += 1) conversation?.link.send('x'.repeat(200_000));
      return isGone();
    }, 'it is ended');
    expect(await running.registry.metrics()).toContain(
      'viblast_tracker_sockets_ended_total{reason="unread"} 1',
    );
  });

  it('ends where all sockets together leave too much unread and it has a share in that', async () => {
    const turn = new TurnWrites();
    const [one, other] = [unreadSocket(turn), unreadSocket(turn)];
    const { bufferedBytesOfAllMax: most, bufferedBytesSpared: spared } = trackerLimits;
    one.viewer.send('x'.repeat(2 * spared));
    other.viewer.send('x'.repeat(spared / 2));
    await turnOver();
    expect(turn.unsentBytes).toBeGreaterThan(2.5 * spared);
    for (const { viewer } of [one, other]) viewer.checkAlive();
    expect([one, other].map(({ ends }) => ends)).toEqual([[], []]);
    // What others have.
    turn.unsentBytes += most;
    for (const { viewer } of [one, other]) viewer.checkAlive();
    expect([one, other].map(({ ends }) => ends)).toEqual([['unread'], []]);
    expect(turn.unsentBytes).toBeLessThan(most + spared);
    other.viewer.send('x'.repeat(spared));
    await turnOver();
    other.viewer.send('x');
    expect(other.ends).toEqual(['unread']);
    expect(turn.unsentBytes).toBe(most);
  });

  it('ends at a ping of a viewer that reads no answers', async () => {
    const { viewer, conversation, tracker: running } = await connect({});
    viewer.socket.pause();
    const isFull = (): boolean => {
      const unsentBytes = conversation?.link.unsentBytes ?? 0;
      if (unsentBytes > trackerLimits.bufferedBytesMax) return true;
      conversation?.link.send('x'.repeat(200_000));
      return false;
    };
    await until(isFull, 'no more goes out');
    viewer.socket.ping();
    await until(() => conversation?.calls.includes('closed') === true, 'it is ended');
    expect(await running.registry.metrics()).toContain(
      'viblast_tracker_sockets_ended_total{reason="unread"} 1',
    );
  });

  it('takes a message in as many frames as may be, and no more', async () => {
    const { viewer, texts } = await connect({});
    const say = (frames: number): void => {
      for (let left = frames - 1; left >= 0; left -= 1)
        viewer.socket.send('x', { fin: left === 0 });
    };
    const { fragmentsMax } = trackerLimits;
    say(fragmentsMax);
    await until(() => texts.length === 1, 'it is answered');
    expect(texts).toEqual([`received ${'x'.repeat(fragmentsMax)}`]);
    say(fragmentsMax + 1);
    expect(await viewer.closed()).toBe(closeCodes.tooManyPieces);
  });

  it('is closed where a frame comes byte by byte', async () => {
    const { tracker: running } = await connect({});
    const connection = new RawConnection(new URL(running.http).host);
    connection.socket.write(upgradeRequest().replace(subprotocol, 'parrot'));
    await until(() => connection.received.includes('101 '), 'it has a socket');
    // A binary frame with a payload of 60 000, of which less comes.
    const head = [0x82, 0x80 | 126, 60_000 >> 8, 60_000 & 0xff, 0, 0, 0, 0];
    const bytes = Buffer.concat([
      Buffer.from(head),
      Buffer.alloc(2 * trackerLimits.readsPerFrameMax),
    ]);
    await connection.writeInPieces(bytes, 1);
    await until(() => connection.hasEnded, 'it is closed');
    const code = Buffer.from(connection.received.slice(-64), 'latin1');
    expect(
      code.includes(Buffer.from([closeCodes.tooManyPieces >> 8, closeCodes.tooManyPieces & 0xff])),
    ).toBe(true);
  });

  it('ends when nobody answers its pings, and no other does, and says so in the metrics', async () => {
    const { tracker: running, ...frozen } = await connect({ aliveCheckMs: 200 });
    const answers = await connect({});
    // Who reads nothing sees no ping, as a process that stands still or a host that is off.
    frozen.viewer.socket.pause();
    await until(() => frozen.conversation?.calls.includes('closed') === true, 'it is ended');
    expect(answers.viewer.socket.readyState).toBe(answers.viewer.socket.OPEN);
    expect(await running.registry.metrics()).toContain(
      'viblast_tracker_sockets_ended_total{reason="silent"} 1',
    );
    answers.viewer.end();
  });

  it('is pinged only when nothing came for some time', async () => {
    const { viewer, texts, tracker: running } = await connect({});
    let pings = 0;
    viewer.socket.on('ping', () => (pings += 1));
    const [socket] = running.server.viewers();
    if (!(socket instanceof ViewerSocket)) throw new Error('no socket');
    const look = (times: number): void => {
      for (let count = 0; count < times; count += 1) socket.checkAlive();
    };
    const say = async (text: string): Promise<void> => {
      viewer.send(text);
      await until(() => texts.some((answer) => answer.includes(text)), 'it is answered');
    };
    for (let count = 0; count < 10; count += 1) {
      await say(`word ${count};`);
      look(trackerLimits.silentChecksBeforePing - 1);
    }
    await say('the last word');
    expect(pings).toBe(0);
    look(trackerLimits.silentChecksBeforePing);
    await until(() => pings === 1, 'it is pinged');
    viewer.end();
  });

  it('does not count frames that have a budget of their own', async () => {
    const { viewer, texts, conversation } = await connect({ messagesBurst: 3 });
    for (let count = 0; count < 50; count += 1) viewer.send('budgeted');
    await until(() => texts.length === 50, 'all are answered');
    for (let count = 0; count < 50; count += 1) viewer.send(String(count));
    expect(await viewer.closed()).toBe(closeCodes.tooManyMessages);
    expect(conversation?.calls.slice(50, 54)).toEqual([
      'received 0',
      'received 1',
      'received 2',
      'flood',
    ]);
  });

  it('is the only one that ends where something of ours throws, at a frame or a drain', async () => {
    const { viewer, tracker: running } = await connect({});
    const { viewer: other, texts } = await connect({});
    viewer.send('throw');
    expect(await viewer.closed()).toBe(closeCodes.internal);
    other.send('still here');
    await until(() => texts.length > 0, 'the other is answered');
    for (const leaver of running.server.viewers()) leaver.reconnect(0);
    expect(await other.closed()).toBe(closeCodes.internal);
    expect(running.internalErrors).toHaveLength(2);
  });

  it('speaks the dialect that it asks for, the first of the list where it asks for several', async () => {
    const dialects = [parrot('parrot'), parrot('starling'), parrot('')];
    for (const [asked, spoken] of [
      ['starling', 'starling'],
      [['crow', 'starling', 'parrot'], 'parrot'],
      [[], ''],
    ] as const) {
      const { viewer, texts } = await connect({ dialects }, [asked].flat());
      expect(viewer.socket.protocol).toBe(spoken);
      viewer.send('hello');
      await until(() => texts.length > 0, 'it is answered');
      viewer.end();
    }
  });

  it('is closed where it asks for none of the dialects, with their names', async () => {
    const { viewer } = await connect({ dialects: [parrot('parrot'), parrot('starling')] }, []);
    expect(await viewer.closed()).toBe(closeCodes.unsupportedSubprotocol);
    expect(viewer.closeReason).toBe('unsupported: use subprotocol parrot or starling');
  });
});
