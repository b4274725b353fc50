import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { registerStreams } from '../../lab/stack/cluster.js';
import type { TrackerProcess } from '../../lab/stack/index.js';
import { isPlainlyHeldBack } from '../../lab/oracle/plain-holdback.js';
import { newSession, TestViewer, until } from '../../tracker/testing/test-viewer.js';
import {
  bytesOf,
  infoHash,
  offersOf,
  type TorrentFrame,
} from '../../tracker/testing/torrent-socket.js';
import { plainSessionOf } from '../../tracker/webtorrent/plain-session.js';
import { MeetingViewer } from './testing/meeting-viewers.js';
import { extraServices, sharedStack } from './testing/stack.js';
import { within } from './testing/within.js';

const obeyedMsMax = within(2_000);
const changing = 'policy-changing';
const crowded = 'policy-crowded';
const holdbackPercent = 10;
const sessions = 1_000;
const joiningMax = 50;

type Seat = readonly [session: string, tracker: number];

/** A WebTorrent client's socket that keeps the offers that it was relayed. */
class TorrentClient {
  readonly frames: TorrentFrame[] = [];
  readonly socket: WebSocket;

  constructor(
    tracker: string,
    stream: string,
    readonly peerId: string,
  ) {
    this.socket = new WebSocket(`${tracker}/${stream}`, { perMessageDeflate: false });
    this.socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString('utf8')) as TorrentFrame);
    });
    this.socket.on('error', () => undefined);
  }

  /** Who offered to it. */
  get offerers(): (string | undefined)[] {
    return this.frames.filter(({ offer }) => offer !== undefined).map(({ peer_id: from }) => from);
  }

  /** Resolves when the announce is answered. */
  async announce(offers: number): Promise<void> {
    await until(() => this.socket.readyState === WebSocket.OPEN, 'the socket is open');
    const answered = (): number => this.frames.filter(({ interval }) => interval).length;
    const before = answered();
    const message = { action: 'announce', info_hash: infoHash, peer_id: bytesOf(this.peerId) };
    this.socket.send(JSON.stringify({ ...message, event: 'started', offers: offersOf(offers) }));
    await until(() => answered() > before, 'the announce is answered');
  }
}

describe('two trackers and a stream’s policy', () => {
  const extra = extraServices();
  let trackers: readonly TrackerProcess[];
  const ends: (() => void)[] = [];

  const ws = (index: number): string => trackers[index % trackers.length]?.ws ?? '';

  async function changePolicy(stream: string, policy: object): Promise<void> {
    const { url, token } = sharedStack().portal;
    const address = `${url}/api/v1/streams/${stream}`;
    const authorization = `Bearer ${token}`;
    const etag = (await fetch(address, { headers: { authorization } })).headers.get('etag') ?? '';
    const headers = { authorization, 'content-type': 'application/json', 'if-match': etag };
    const body = JSON.stringify({ options: { policy } });
    const response = await fetch(address, { method: 'PATCH', headers, body });
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  }

  function torrentClient(index: number, stream: string, peerId: string): TorrentClient {
    const client = new TorrentClient(ws(index), stream, peerId);
    ends.push(() => client.socket.terminate());
    return client;
  }

  beforeAll(async () => {
    const { kafka, portal } = sharedStack();
    await registerStreams([changing, crowded], kafka.brokers, portal);
    const { services } = extra;
    const started = await Promise.all([services.startTracker(), services.startTracker()]);
    trackers = started.map(({ process }) => process);
  }, 180_000);

  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });
  afterAll(() => extra.close(), 60_000);

  it('is obeyed within two seconds, in both dialects, by those who have met', async () => {
    const [one, other] = await Promise.all([
      MeetingViewer.join(ws(0), changing),
      MeetingViewer.join(ws(1), changing),
    ]);
    ends.push(
      () => one.end(),
      () => other.end(),
    );
    const clients = [0, 1].map((index) => torrentClient(index, changing, `client-${index}`));
    await Promise.all([one.meets(other), other.meets(one)]);
    const [first, second] = clients;
    if (first === undefined || second === undefined) throw new Error('two are needed');
    await second.announce(0);
    await until(async () => {
      await first.announce(1);
      return second.offerers.length > 0;
    }, 'an offer reaches the other tracker');

    await changePolicy(changing, { peers: false });
    const changedAtMs = performance.now();
    for (const { viewer } of [one, other]) {
      expect(await viewer.next('policy')).toMatchObject({ policy: { peers: false } });
    }
    expect(performance.now() - changedAtMs).toBeLessThan(obeyedMsMax);
    const offered = second.offerers.length;
    for (const { viewer } of [one, other]) {
      const answers = viewer.of('peers').length;
      expect((await viewer.next('peers', answers)).peers).toEqual([]);
    }
    one.signal(other, { kind: 'offer', negotiation: 'late', data: { type: 'offer' } });
    expect(await one.viewer.next('error')).toMatchObject({ code: 'unknown_peer' });
    await Promise.all(clients.map((client) => client.announce(3)));
    expect(second.offerers).toHaveLength(offered);

    await changePolicy(changing, {});
    expect(await one.viewer.next('policy', 1)).toMatchObject({ policy: { peers: true } });
    await until(() => one.peersNow.includes(other.peer), 'they are introduced again');
  }, 120_000);

  it('name none of a thousand sessions that are held back, also after they have come back to the other tracker', async () => {
    await changePolicy(crowded, { holdbackPercent });
    const holdbacks = new Map([[crowded, holdbackPercent]]);
    const ids = Array.from({ length: sessions }, () => newSession());
    const isHeld = (session: string): boolean => isPlainlyHeldBack(crowded, session, holdbacks);
    await untilHeldBack(ids.find(isHeld) ?? '');
    const viewers = await joinAll(ids.map((session, index) => [session, index]));
    const held = viewers.filter((_viewer, index) => isHeld(ids[index] ?? ''));
    const free = viewers.filter((viewer) => !held.includes(viewer));
    expect(held.length).toBeGreaterThan(sessions / 20);
    await announceAll(viewers, 0);
    const apart = (): boolean => free.some((viewer) => instancesTold(viewer).size > 1);
    for (let round = 1; round < 3 || !apart(); round += 1) await announceAll(viewers, round);
    const heldPeers = new Set(held.map(({ peer }) => peer));
    expectNoneNamed(free, held, heldPeers);

    // To the other tracker, which knows of them only what they say.
    for (const viewer of held) viewer.end();
    const seats = ids.map((session, index) => [session, index + 1] as const);
    const back = await joinAll(seats.filter(([session]) => isHeld(session)));
    for (const round of [0, 1]) await announceAll([...back, ...free], 10 + round);
    for (const viewer of back) heldPeers.add(viewer.peer);
    expectNoneNamed(free, back, heldPeers);
    const [target, offerer] = [back[0], free[0]];
    const offer = { type: 'signal', kind: 'offer', negotiation: 'n', data: { type: 'offer' } };
    offerer?.send({ ...offer, to: target?.peer });
    expect(await offerer?.next('error')).toMatchObject({ code: 'unknown_peer' });
    target?.send({ ...offer, to: offerer?.peer });
    expect(await target?.next('error')).toMatchObject({ code: 'unknown_peer' });
  }, 240_000);

  it('relay nothing from or to WebTorrent clients that are held back, also after they have come back to the other tracker', async () => {
    await changePolicy(crowded, { holdbackPercent });
    const holdbacks = new Map([[crowded, holdbackPercent]]);
    const isHeld = ({ peerId }: TorrentClient): boolean => {
      const session = plainSessionOf(crowded, bytesOf(peerId)).toString('base64url');
      return isPlainlyHeldBack(crowded, session, holdbacks);
    };
    const clients = Array.from({ length: 200 }, (_, index) =>
      torrentClient(index, crowded, `crowd-${index}`),
    );
    const announceTo = async (some: readonly TorrentClient[], rounds: readonly number[]) => {
      for (const offers of rounds) {
        await Promise.all(some.map((client) => client.announce(offers)));
      }
    };
    await announceTo(clients, [1, 2, 3]);
    const held = clients.filter(isHeld);
    const free = clients.filter((client) => !isHeld(client));
    const heldIds = new Set(held.map(({ peerId }) => bytesOf(peerId)));
    const offerersOf = (some: readonly TorrentClient[]) => some.flatMap(({ offerers }) => offerers);
    expect(held.length).toBeGreaterThan(0);
    expect(offerersOf(held)).toEqual([]);
    const before = offerersOf(free).length;
    expect(before).toBeGreaterThan(clients.length);

    // To the other tracker, which knows of them only what they say.
    for (const { socket } of held) socket.terminate();
    const back = clients.flatMap((client, index) =>
      isHeld(client) ? [torrentClient(index + 1, crowded, client.peerId)] : [],
    );
    await announceTo([...free, ...back], [1, 2]);
    expect(offerersOf(back)).toEqual([]);
    expect(offerersOf(free).length).toBeGreaterThan(before);
    expect(offerersOf(free).filter((from) => heldIds.has(from ?? ''))).toEqual([]);
  }, 120_000);

  /** Sessions, each on the tracker of a place. */
  async function joinAll(seats: readonly Seat[]): Promise<TestViewer[]> {
    const joined: TestViewer[] = [];
    for (let from = 0; from < seats.length; from += joiningMax) {
      const some = seats.slice(from, from + joiningMax);
      const viewers = some.map(([session, index]) => TestViewer.join(ws(index), crowded, session));
      joined.push(...(await Promise.all(viewers)));
    }
    ends.push(() => {
      for (const viewer of joined) viewer.end();
    });
    return joined;
  }

  /** Both trackers have read that this session is. */
  async function untilHeldBack(session: string): Promise<void> {
    for (const [index] of trackers.entries()) {
      await until(async () => {
        const viewer = await TestViewer.join(ws(index), crowded, session);
        viewer.end();
        return (await viewer.next('welcome')).isHeldBack === true;
      }, 'the tracker has read the change');
    }
  }
});

async function announceAll(viewers: readonly TestViewer[], number: number): Promise<void> {
  const answered = viewers.map((viewer) => viewer.of('peers').length);
  for (const viewer of viewers) viewer.announce([{ number, time: Date.now() }], 30);
  await until(
    () => viewers.every((viewer, index) => viewer.of('peers').length > (answered[index] ?? 0)),
    'all are answered',
  );
}

function toldOf(viewer: TestViewer): string[] {
  return viewer.of('peers').flatMap(({ peers }) => peers.map(({ peer }) => peer));
}

function instancesTold(viewer: TestViewer): Set<string> {
  return new Set(toldOf(viewer).map((peer) => peer.slice(0, 8)));
}

function expectNoneNamed(
  free: readonly TestViewer[],
  held: readonly TestViewer[],
  heldPeers: ReadonlySet<string>,
): void {
  expect(free.flatMap(toldOf).filter((peer) => heldPeers.has(peer))).toEqual([]);
  expect(held.flatMap(toldOf)).toEqual([]);
  for (const viewer of held) expect(viewer.of('welcome')).toMatchObject([{ isHeldBack: true }]);
  for (const viewer of free) expect(viewer.of('welcome')).toMatchObject([{ isHeldBack: false }]);
  expect([...held, ...free].flatMap((viewer) => viewer.of('signal'))).toEqual([]);
}
