import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';
import { sessionIdOf } from '../../schemas/index.js';
import type { ViewerAnnounce } from './announce-queue.js';
import { meansOf } from './condition.js';
import type { LedgerWriter } from './ledger-file.js';
import { drawViewer, type ViewerProfile } from './model.js';
import { seededRandom } from '../../service/random.js';
import { Statistics } from './statistics.js';
import { parseStreams } from './stream-profile.js';
import { Swarm } from './swarm.js';
import { Viewer, type ViewerParts } from './viewer.js';

const session = sessionIdOf(Buffer.alloc(16, 3));
const trackerAheadMs = 40_000;

/** A tracker that answers what the test tells it to. */
class ScriptedTracker {
  readonly sockets: WebSocket[] = [];
  readonly announced: ViewerAnnounce[][] = [];
  readonly wanted: unknown[] = [];
  readonly connected: number[] = [];
  readonly hellos: Record<string, unknown>[] = [];
  readonly userAgents: (string | undefined)[] = [];
  onAnnounce: (socket: WebSocket, announces: readonly ViewerAnnounce[]) => void = () => undefined;
  readonly #http = createServer();
  readonly #server = new WebSocketServer({ server: this.#http });

  async listen(): Promise<string> {
    this.#server.on('connection', (socket, request) => {
      this.sockets.push(socket);
      this.userAgents.push(request.headers['user-agent']);
      socket.on('message', (data) => this.#take(socket, (data as Buffer).toString()));
    });
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.#server.close();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #take(socket: WebSocket, text: string): void {
    const message = JSON.parse(text) as Record<string, unknown>;
    if (message['type'] === 'hello') {
      this.hellos.push(message);
      tell(socket, {
        type: 'welcome',
        peer: `peer-${this.sockets.length}`,
        time: Date.now() + trackerAheadMs,
        announceIntervalMs: 100,
        ticket: `ticket-${this.hellos.length}`,
        limits: { oldestMs: 120_000 },
      });
    }
    if (message['type'] === 'announce') {
      const announces = message['announces'] as ViewerAnnounce[];
      this.announced.push(announces);
      this.wanted.push(message['peersWanted']);
      this.connected.push((message['connectedPeers'] as string[]).length);
      this.onAnnounce(socket, announces);
    }
  }
}

function tell(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a simulated viewer', () => {
  let tracker: ScriptedTracker;
  let viewer: Viewer;
  let profile: ViewerProfile;
  let statistics: Statistics;
  let parts: ViewerParts;
  const lines: string[] = [];
  const ledger: LedgerWriter = {
    began: () => undefined,
    placed: (_stream, _session, { mayMeet }) => lines.push(`placed ${mayMeet}`),
    sent: (_stream, _session, _browser, { number }, { peersWanted }) =>
      lines.push(`sent ${number}`, `wanted ${peersWanted}`),
    resent: (_stream, _session, numbers) => lines.push(`resent ${numbers.join()}`),
    acknowledged: (_stream, _session, numbers) => lines.push(`acknowledged ${numbers.join()}`),
    refused: (_stream, _session, numbers, reason) =>
      lines.push(`refused ${numbers.join()} ${reason}`),
  };

  beforeEach(async () => {
    lines.length = 0;
    statistics = new Statistics();
    tracker = new ScriptedTracker();
    const url = await tracker.listen();
    const streams = parseStreams('arena-main') ?? [];
    profile = drawViewer(seededRandom(1), { streams, sessionMedianMs: 60_000 });
    parts = {
      url,
      now: () => Date.now(),
      // Never lost by chance: the tests do that.
      random: () => 0.5,
      ledger,
      swarm: new Swarm(),
      statistics,
      hasOwnAddress: false,
      nextMeans: meansOf('usual'),
      announceIntervalMs: undefined,
    };
    viewer = new Viewer(profile, session, parts);
    viewer.start();
  });

  afterEach(async () => {
    viewer.vanish();
    await tracker.close();
  });

  it('stamps on the tracker’s clock and writes down before it sends, then the answer', async () => {
    tracker.onAnnounce = (socket, announces) => {
      const first = announces[0]?.number ?? -1;
      // What has arrived was written down before.
      expect(lines).toContain(`sent ${first}`);
      tell(socket, { type: 'acknowledged', numbers: [first] });
    };
    await until(() => lines.includes('acknowledged 2'));
    const [first] = tracker.announced.flat();
    expect(Math.abs((first?.time ?? 0) - Date.now() - trackerAheadMs)).toBeLessThan(10_000);
    expect(tracker.hellos[0]).toMatchObject({ stream: 'arena-main', session });
    expect(tracker.userAgents[0]).toBe(profile.browser.userAgent);
    await viewer.leave(5_000, false);
    expect(viewer.waiting).toBe(0);
  });

  it('goes elsewhere as a tracker asks, at once when the time is over, and goes on until then', async () => {
    await until(() => tracker.announced.length === 1);
    const [socket] = tracker.sockets;
    if (socket === undefined) throw new Error('no socket');
    const closes: number[] = [];
    socket.on('close', (code) => closes.push(code));
    const toldMs = Date.now();
    tell(socket, { type: 'reconnect', afterMs: 400 });
    await until(() => tracker.announced.length === 3);
    expect(tracker.sockets).toHaveLength(1);
    await until(() => tracker.hellos.length === 2 && closes.length === 1);
    const tookMs = Date.now() - toldMs;
    expect(tookMs).toBeGreaterThanOrEqual(390);
    expect(closes).toEqual([1000]);
    await until(() => lines.some((line) => line.startsWith('resent 0')));
    expect([statistics.reconnects, statistics.status(1, 1, 0).errors]).toEqual([1, {}]);
  });

  it('sends again, unchanged, what had no answer when the connection was lost', async () => {
    await until(() => tracker.announced.flat().length >= 2);
    const before = tracker.announced.flat();
    const answered = before[0];
    const [socket] = tracker.sockets;
    if (socket === undefined) throw new Error('no socket');
    tell(socket, { type: 'acknowledged', numbers: [0] });
    await until(() => lines.includes('acknowledged 0'));
    socket.terminate();
    await until(() => tracker.sockets.length === 2 && lines.some((l) => l.startsWith('resent')));
    await until(() => tracker.announced.flat().filter(({ number }) => number === 1).length === 2);
    const [one, again] = tracker.announced.flat().filter(({ number }) => number === 1);
    expect(again).toEqual(one);
    const zeros = tracker.announced.flat().filter(({ number }) => number === 0);
    expect(zeros).toEqual([answered]);
  });

  it('comes back with its newest ticket', async () => {
    await until(() => tracker.announced.length > 0);
    expect(tracker.hellos[0]).not.toHaveProperty('ticket');
    tracker.sockets[0]?.close(1001);
    await until(() => tracker.hellos.length === 2);
    expect(tracker.hellos[1]).toMatchObject({ session, ticket: 'ticket-1' });
    await until(() => tracker.announced.length > 1);
    const [, second] = tracker.sockets;
    if (second === undefined) throw new Error('no socket');
    tell(second, { type: 'renewed', iceServers: [], ticket: 'newer' });
    second.close(1001);
    await until(() => tracker.hellos.length === 3);
    expect(tracker.hellos[2]).toMatchObject({ session, ticket: 'newer' });
  });

  it('asks for no peers as long as its stream’s policy, or who is held back, has none', async () => {
    await until(() => tracker.wanted.length > 0);
    const [socket] = tracker.sockets;
    if (socket === undefined) throw new Error('no socket');
    const policy = { peers: true, cellular: true, give: true, viewersMin: 1 };
    const told = [
      { policy, isHeldBack: true, wanted: 0 },
      { policy, isHeldBack: false, wanted: 6 },
      { policy: { ...policy, peers: false }, isHeldBack: false, wanted: 0 },
    ];
    expect(tracker.wanted[0]).toBe(6);
    for (const { wanted, ...message } of told) {
      tell(socket, { type: 'policy', ...message });
      await until(() => tracker.wanted.at(-1) === wanted);
      // Written down, for it explains where the bytes come from.
      expect(lines.findLast((line) => line.startsWith('placed'))).toBe(`placed ${wanted > 0}`);
      expect(lines.findLast((line) => line.startsWith('wanted'))).toBe(`wanted ${wanted}`);
    }
  });

  it.each([
    { drawn: 0.1, atItsLimit: 0 },
    { drawn: 0.5, atItsLimit: 6 },
  ])('asks for $atItsLimit peers at its limit, where $drawn is drawn', async (one) => {
    await until(() => tracker.hellos.length === 1);
    viewer.vanish();
    viewer = new Viewer(profile, session, { ...parts, random: () => one.drawn });
    viewer.start();
    await until(() => tracker.hellos.length === 2);
    const socket = tracker.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket');
    parts.swarm.join('other');
    const policy = { peers: true, peersMax: 1, cellular: true, give: true, viewersMin: 1 };
    tell(socket, { type: 'policy', policy, isHeldBack: false });
    tell(socket, { type: 'signal', from: 'other', kind: 'offer', negotiation: 'n', data: {} });
    const { length } = tracker.wanted;
    await until(() => tracker.connected.at(-1) === 1 && tracker.wanted.length > length);
    expect(tracker.wanted.at(-1)).toBe(one.atItsLimit);
  });

  it.each([4401, 4403, 4410])('stays away after %i, since it has no other token', async (code) => {
    await until(() => tracker.hellos.length === 1);
    tracker.sockets[0]?.close(code);
    await until(() => (statistics.status(0, 0, 0).errors['gave_up'] ?? 0) === 1);
    expect(tracker.sockets).toHaveLength(1);
  });

  it('sends again after a retryable error, and gives up what was refused', async () => {
    tracker.onAnnounce = (socket, announces) => {
      for (const { number } of announces) {
        const times = tracker.announced.flat().filter((other) => other.number === number).length;
        if (number === 0) {
          tell(socket, { type: 'refused', numbers: [0], reason: 'too_old' });
        } else if (times === 1) {
          const error = { type: 'error', code: 'kafka_unavailable', message: '', retryable: true };
          tell(socket, { ...error, numbers: [number] });
        } else tell(socket, { type: 'acknowledged', numbers: [number] });
      }
    };
    await until(() => lines.includes('acknowledged 1'));
    expect(lines).toContain('refused 0 too_old');
    expect(lines.some((line) => /^resent .*\b1\b/.test(line))).toBe(true);
    expect(tracker.announced.flat().filter(({ number }) => number === 0)).toHaveLength(1);
  });
});
