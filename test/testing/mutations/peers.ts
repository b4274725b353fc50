import { mutationsOf } from './source-mutation.js';

const decides = (state: string): string =>
  `decides by the newest announce whether it can give: ${state}`;

/** Nobody is told of a peer that isn't alive, or that it has. */
export const peerMutations = mutationsOf([
  {
    file: 'tracker/swarm/swarm.ts',
    testFile: 'tracker/swarm/swarm-store.test.ts',
    edits: [
      {
        name: 'who announces nothing is told of for ever',
        replace: 'for (const peer of this.#heard.takeUntouched(sinceMs)) {',
        by: 'for (const peer of this.#heard.takeUntouched(-Infinity)) {',
        noticedBy:
          'tells nobody of a peer that has missed three intervals, and again from its next announce on',
      },
      {
        name: 'who was silent stays away',
        replace: 'this.#heard.touch(peer, nowMs);\n      this.#show(peer);',
        by: 'this.#heard.touch(peer, nowMs);\n      if (peer.segment < 0) this.#show(peer);',
        noticedBy:
          'tells nobody of a peer that has missed three intervals, and again from its next announce on',
      },
      {
        name: 'whose playback is over is told of',
        replace: 'if (isOver) this.#hide(peer);',
        by: '',
        noticedBy: 'tells nobody of a peer whose playback is over, until it says something else',
      },
      {
        name: 'who has joined is told of before it announces',
        replace: "this.#peers.set(id, new SwarmPeer(id, network, '', isSeeder));",
        by: "const peer = new SwarmPeer(id, network, '', isSeeder);\n    this.#peers.set(id, peer);\n    this.#show(peer);",
        noticedBy:
          'picks only members of the same swarm that have announced, never oneself, never twice, never more than wanted',
      },
      {
        name: 'who has left is told of',
        replace: 'this.#peers.delete(id);\n    this.#hide(peer);',
        by: 'this.#peers.delete(id);',
        noticedBy:
          'picks only members of the same swarm that have announced, never oneself, never twice, never more than wanted',
      },
      {
        name: 'a viewer is told of peers that it has',
        replace: 'if (peer !== undefined) sample.leaveOut(peer);',
        by: '',
        noticedBy: 'leaves out those that the viewer has already, and picks as many as before',
      },
    ],
  },
  {
    file: 'tracker/limits.ts',
    testFile: 'tracker/viblast/swarm-place.test.ts',
    edits: [
      {
        name: 'a frozen page is told of for an hour',
        replace: 'silentIntervalsMax: 3,',
        by: 'silentIntervalsMax: 720,',
        noticedBy:
          'is a frozen page, whose socket still answers pings, for three intervals and no longer',
      },
    ],
  },
  {
    file: 'tracker/viblast/swarm-place.ts',
    testFile: 'tracker/viblast/swarm-place.test.ts',
    edits: [
      {
        name: 'who has ended is told of',
        replace: "new Set(['ended', 'quit', 'fatal_error'])",
        by: "new Set(['quit', 'fatal_error'])",
        noticedBy: decides('ended'),
      },
      {
        name: 'who has quit is told of',
        replace: "new Set(['ended', 'quit', 'fatal_error'])",
        by: "new Set(['ended', 'fatal_error'])",
        noticedBy: decides('quit'),
      },
      {
        name: 'who has failed is told of',
        replace: "new Set(['ended', 'quit', 'fatal_error'])",
        by: "new Set(['ended', 'quit'])",
        noticedBy: decides('fatal_error'),
      },
      {
        name: 'who has paused is not told of',
        replace: "new Set(['ended', 'quit', 'fatal_error'])",
        by: "new Set(['ended', 'quit', 'fatal_error', 'paused'])",
        noticedBy: decides('paused'),
      },
      {
        name: 'an announce that is sent again takes a peer back to where it was',
        replace: 'if (number <= this.#latestNumber) continue;',
        by: '',
        noticedBy: decides('ended'),
      },
      {
        name: 'a message without announces keeps a peer alive',
        replace: 'if (reports.length > 0) this.#show(nowMs);',
        by: 'this.#show(nowMs);',
        noticedBy:
          'is told of until it has missed three intervals, and again from its next announce on',
      },
    ],
  },
  {
    file: 'tracker/viblast/viewer-session.ts',
    testFile: 'tracker/sockets/beacons.test.ts',
    edits: [
      {
        name: 'the beacon of a hidden page takes the place of its socket',
        replace: 'if (request.isBeacon !== true) {',
        by: '{',
        noticedBy: 'leaves a socket of its session where it is: the page may come back',
      },
    ],
  },
]);
