import { randomBytes } from 'node:crypto';
import type { Attack, Attacker } from '../attack.js';

/** The same kind of frame on a WebTorrent socket, and on the next one when that is closed. */
async function repeatFrame(
  attacker: Attacker,
  frame: () => string | object,
  pauseMs: number,
  framesATurn = 1,
): Promise<void> {
  await attacker.repeat(async () => {
    const viewer = await attacker.open([], `/${attacker.options.stream}`);
    while (viewer?.isOpen === true && !attacker.options.signal.aborted) {
      for (let sent = 0; sent < framesATurn; sent += 1) await viewer.send(frame());
      await attacker.wait(pauseMs);
    }
    viewer?.end();
    await attacker.wait(refusedPauseMs);
  });
}

const refusedPauseMs = 100;
const fastPauseMs = 5;
/** As fast as a socket may go for long. */
const allowedPauseMs = 25;

const infoHash = '\u0000'.repeat(20);
const bytes = (): string => randomBytes(20).toString('latin1');
const announce = (): object => ({ action: 'announce', info_hash: infoHash, peer_id: bytes() });

const oddValues: readonly unknown[] = [null, 7, [], {}, '\ud800', 'x'.repeat(1_000)];

/** An announce with something odd in one of its fields. */
function oddAnnounce(): object {
  const fields = ['action', 'info_hash', 'peer_id'];
  const field = fields[Math.floor(Math.random() * fields.length)] ?? '';
  const value = oddValues[Math.floor(Math.random() * oddValues.length)];
  return { ...announce(), [field]: value };
}

/** 125 KB of offers, for whom nobody has asked. */
function manyOffers(): object {
  const offers = Array.from({ length: 50 }, (_, index) => ({
    offer: { type: 'offer', sdp: 'x'.repeat(2_400) },
    offer_id: `${index}`,
  }));
  return { ...announce(), offers: [null, ...offers], numwant: 1e9 };
}

/** 125 KB of what is no offer. */
function oddOffers(): object {
  return { ...announce(), offers: Array.from({ length: 42_000 }, () => ({})) };
}

/** What can be tried in the WebTorrent dialect. */
export const torrentAttacks: readonly Attack[] = [
  {
    name: 'torrent-nonsense',
    what: 'WebTorrent announces with odd values in every field',
    namedBy: ['webtorrent_failures_total{code="bad_message"}'],
    run: (attacker) => repeatFrame(attacker, oddAnnounce, fastPauseMs),
  },
  {
    name: 'torrent-swarms',
    what: 'WebTorrent sockets that join ever more swarms',
    namedBy: ['webtorrent_failures_total{code="too_many_swarms"}'],
    run: (attacker) =>
      repeatFrame(attacker, () => ({ ...announce(), info_hash: bytes() }), allowedPauseMs),
  },
  {
    name: 'torrent-offers',
    what: '50 WebTorrent offers at once, again and again, as ever new peers of a swarm',
    namedBy: ['webtorrent_offers_total{outcome="refused"}'],
    run: (attacker) => repeatFrame(attacker, manyOffers, allowedPauseMs),
  },
  {
    name: 'torrent-odd-offers',
    what: 'as many WebTorrent offers as a frame holds, none of which can be read, again and again',
    namedBy: ['webtorrent_failures_total{code="too_many_messages"}'],
    run: (attacker) => repeatFrame(attacker, oddOffers, allowedPauseMs),
  },
  {
    name: 'torrent-answers',
    what: 'WebTorrent answers to offers that nobody made',
    namedBy: ['webtorrent_failures_total{code="no_offer"}'],
    run: (attacker) =>
      repeatFrame(
        attacker,
        () => ({ ...announce(), to_peer_id: bytes(), offer_id: 'x', answer: { sdp: 'x' } }),
        allowedPauseMs,
      ),
  },
  {
    name: 'torrent-flood',
    what: 'WebTorrent scrapes as fast as the connection takes them',
    namedBy: ['webtorrent_failures_total{code="too_many_messages"}'],
    // Many a turn: on a busy machine a turn takes long enough to be allowed one frame each.
    run: (attacker) => repeatFrame(attacker, () => '{"action":"scrape"}', 0, 100),
  },
];
