import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../service/random.js';
import { nowhere } from './network.js';
import { nearAndRandom } from './peer-choice.js';
import { SwarmPeer } from './swarm-peer.js';

const nowMs = 1_000_000;
const home = { block: 7, system: 3320, country: 'DE' };

function peer(id: string, fields: Partial<SwarmPeer> = {}): SwarmPeer {
  const made = new SwarmPeer(id, fields.network ?? home, '', fields.isSeeder);
  return Object.assign(made, { segment: 50, quality: '720p' }, fields);
}

/** Ids of those chosen, with nobody chosen from anywhere. */
function chosenOf(peers: readonly SwarmPeer[], wanted: number, seed = 1): string[] {
  const candidates = { peers, anywhere: 0, nowMs };
  return nearAndRandom(peer('me'), candidates, wanted, seededRandom(seed)).map(({ id }) => id);
}

describe('the choice of peers', () => {
  const seeds = [1, 2, 3, 4, 5];
  const cases: Readonly<Record<string, [good: Partial<SwarmPeer>, bad: Partial<SwarmPeer>]>> = {
    'the same rendition': [{ segment: 20 }, { quality: '1080p' }],
    'a near segment': [{ segment: 56 }, { segment: 80 }],
    'who plays ahead': [{ segment: 52 }, { segment: 48 }],
    'who says where it plays': [{ segment: 44 }, { segment: -1 }],
    'the same block of addresses': [{}, { network: { ...home, block: 8 } }],
    'the same autonomous system': [
      { network: { ...home, block: 8 } },
      { network: { ...home, block: 8, system: 1 } },
    ],
    'the same country': [
      { network: { ...nowhere, country: 'DE' } },
      { network: { ...nowhere, country: 'BR' } },
    ],
    'who has fewer connections': [{ connections: 2 }, { connections: 12 }],
    'who asks for peers': [{ connections: 8 }, { wantsPeers: false }],
    'who is there to give': [
      { connections: 8, isSeeder: true, wantsPeers: false },
      { wantsPeers: false },
    ],
    'who has room': [{ segment: 20 }, { connections: 30 }],
    'who did not reject an offer just now': [{ segment: 20 }, { busyUntilMs: nowMs + 1 }],
  };

  it.each(Object.entries(cases))('prefers %s', (_name, [good, bad]) => {
    for (const seed of seeds) {
      const peers = [peer('bad', bad), peer('good', good), peer('worse', bad)];
      expect(chosenOf(peers, 1, seed)).toEqual(['good']);
    }
  });

  it('takes again whose rejection was long ago', () => {
    const peers = [peer('far', { segment: 20 }), peer('near', { busyUntilMs: nowMs })];
    expect(chosenOf(peers, 1)).toEqual(['near']);
  });

  it('names those who do not suit where there is nobody else', () => {
    const peers = [peer('full', { connections: 40 }), peer('other', { quality: '1080p' })];
    expect(chosenOf(peers, 8).sort()).toEqual(['full', 'other']);
  });

  it('takes a quarter from anywhere, as far as they have room', () => {
    const anywhere = [
      peer('full', { connections: 30 }),
      ...['a', 'b', 'c'].map((id) => peer(id, { quality: '1080p' })),
    ];
    const near = Array.from({ length: 20 }, (_, index) => peer(`near${index}`));
    const candidates = { peers: [...anywhere, ...near], anywhere: anywhere.length, nowMs };
    const chosen = nearAndRandom(peer('me'), candidates, 8, seededRandom(1)).map(({ id }) => id);
    expect(chosen).toHaveLength(8);
    expect(chosen.filter((id) => !id.startsWith('near'))).toEqual(['a', 'b']);
  });
});
