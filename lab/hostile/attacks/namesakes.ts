import { randomBytes, randomUUID } from 'node:crypto';
import type { Attack, Attacker } from '../attack.js';
import type { RawViewer } from '../raw-viewer.js';
import { torrentSwarm } from '../torrent-viewers.js';

interface RelayedOffer {
  readonly peer_id?: string;
  readonly offer_id?: string;
  readonly offer?: object;
}

const namesMax = 8;
/** So many that each tracker has one. */
const thievesPerName = 4;
const pauseMs = 100;

/** A WebTorrent socket, and the next one when that is closed; `step` again and again. */
async function repeatOnSocket(
  attacker: Attacker,
  onOffer: (viewer: RawViewer, offer: RelayedOffer) => void,
  step: (viewer: RawViewer) => Promise<void>,
): Promise<void> {
  const { signal, stream } = attacker.options;
  await attacker.repeat(async () => {
    const viewer = await attacker.open([], `/${stream}`);
    if (viewer === undefined) return;
    viewer.onMessage = (message) => {
      const relayed = message as RelayedOffer;
      if (relayed.offer !== undefined) onOffer(viewer, relayed);
    };
    while (viewer.isOpen && !signal.aborted) await step(viewer);
  }, pauseMs);
}

/** Under a name of its own it offers nothing: those who offer to it tell theirs. */
async function learnNames(attacker: Attacker, names: Set<string>): Promise<void> {
  const own = asPeer(randomBytes(10).toString('hex'));
  await repeatOnSocket(
    attacker,
    (_viewer, { peer_id: name }) => {
      if (name !== undefined && names.size < namesMax) names.add(name);
    },
    async (viewer) => {
      await viewer.send(own);
      await attacker.wait(10 * pauseMs);
    },
  );
}

/** Under one of the names it offers, scrapes, and is faster to answer than who has it. */
async function useName(attacker: Attacker, nameOf: () => string | undefined): Promise<void> {
  await repeatOnSocket(
    attacker,
    (viewer, { peer_id: to_peer_id, offer_id }) => {
      const answer = { to_peer_id, offer_id, answer: { type: 'answer', sdp: 'x' } };
      void viewer.send({ ...asPeer(nameOf()), ...answer });
    },
    async (viewer) => {
      for (const frame of framesOf(nameOf())) {
        await viewer.send(frame);
        await attacker.wait(pauseMs);
      }
      await attacker.wait(pauseMs);
    },
  );
}

function asPeer(name: string | undefined): object {
  return { action: 'announce', info_hash: torrentSwarm, peer_id: name };
}

/** None as long as nobody's name is known. */
function framesOf(name: string | undefined): readonly object[] {
  if (name === undefined) return [];
  const offers = Array.from({ length: 5 }, () => ({ offer: { sdp: 'x' }, offer_id: randomUUID() }));
  const answer = { to_peer_id: name, offer_id: 'x', answer: { sdp: 'x' } };
  return [
    { ...asPeer(name), offers },
    { action: 'scrape', info_hash: torrentSwarm },
    { ...asPeer(name), ...answer },
  ];
}

/** What can be tried with what every WebTorrent peer is told of the others. */
export const namesakeAttacks: readonly Attack[] = [
  {
    name: 'torrent-namesakes',
    what: 'WebTorrent peers with the peer_ids of ordinary viewers, who offer, scrape, and answer first',
    namedBy: ['webtorrent_answers_total{outcome="no_offer"}'],
    run: async (attacker) => {
      const names = new Set<string>();
      const thieves = Array.from({ length: namesMax * thievesPerName }, (_, index) =>
        useName(attacker, () => [...names][index % namesMax]),
      );
      await Promise.all([learnNames(attacker, names), ...thieves]);
    },
  },
];
