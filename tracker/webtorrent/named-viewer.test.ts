import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { holdbackDraw } from '../policy/held-back.js';
import type { Dialect } from '../sockets/conversation.js';
import { testParts, testStream, testTorrents, type TestParts } from '../testing/test-parts.js';
import { until } from '../testing/test-viewer.js';
import { offersOf, otherInfoHash, TorrentSocket } from '../testing/torrent-socket.js';
import { plainSessionOf } from './plain-session.js';

/** A viewer's id among a tenth of the stream `arena`, or not. */
function viewerId(isAmongTenth: boolean): string {
  const ids = Array.from({ length: 200 }, (_, index) => `viewer-${index}`.padEnd(22, '_'));
  const isHeld = (id: string): boolean =>
    holdbackDraw('arena', plainSessionOf('arena', id)).share < 0.1;
  return ids.find((id) => isHeld(id) === isAmongTenth) ?? '';
}

interface Tracker {
  readonly inside: TestParts;
  readonly dialect: Dialect;
}

describe('a WebTorrent client whose URL names its viewer', () => {
  let trackers: readonly Tracker[] = [];
  const sockets: TorrentSocket[] = [];

  beforeEach(() => {
    trackers = Array.from({ length: 2 }, () => {
      const inside = testParts();
      const policy = { holdbackPercent: 10 };
      const stream = testStream('arena', { options: { policy }, countPlainSockets: true });
      inside.streams.set('arena', stream);
      return { inside, dialect: testTorrents(inside) };
    });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.end();
    for (const { inside } of trackers) inside.announces.stop();
  });

  function join({ dialect }: Tracker, peerId: string, viewer: string): TorrentSocket {
    const socket = new TorrentSocket(dialect, `/arena?viewer=${viewer}`);
    sockets.push(socket);
    socket.announce(peerId, { info_hash: otherInfoHash });
    return socket;
  }

  it('is held back or not on any tracker, whichever rendition it announces first there', () => {
    for (const isHeld of [true, false]) {
      for (const [at, tracker] of trackers.entries()) {
        const held = Array.from({ length: 4 }, (_, rendition) => {
          const peerId = `p${at}${rendition}${isHeld}`;
          const client = join(tracker, peerId, viewerId(isHeld));
          const other = join(tracker, `o${at}${rendition}${isHeld}`, viewerId(false));
          other.announce(`o${at}${rendition}${isHeld}`, {
            info_hash: otherInfoHash,
            offers: offersOf(8),
          });
          return client.offers.length > 0;
        });
        expect(new Set(held)).toEqual(new Set([!isHeld]));
      }
    }
  });

  it('is counted as one session by all trackers', async () => {
    const [one, other] = trackers;
    if (one === undefined || other === undefined) throw new Error('two trackers');
    join(one, 'first', viewerId(true));
    join(other, 'second', viewerId(true));
    join(other, 'third', 'not an id');
    const told = ({ inside }: Tracker): string[] =>
      inside.log.batches.flatMap(({ batch: { announces } }) =>
        announces.map(({ session }) => session.toString('hex')),
      );
    await until(() => told(one).length === 1 && told(other).length === 2, 'all are announced');
    const named = plainSessionOf('arena', viewerId(true)).toString('hex');
    expect(told(one)).toEqual([named]);
    expect(told(other).filter((session) => session === named)).toHaveLength(1);
  });
});
