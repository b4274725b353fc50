import { randomUUID } from 'node:crypto';
import type { Attack, Attacker } from '../attack.js';

const data = { type: 'offer', sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' };
const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0' };

/** Signals to each of the victims by turns, from several sockets, each of which floods. */
async function flood(
  attacker: Attacker,
  signalsTo: (victim: string) => readonly object[],
): Promise<void> {
  const { victims } = attacker.options;
  const send = (): Promise<void> =>
    attacker.repeatJoined(async ({ viewer, welcome }) => {
      const targets = victims.length === 0 ? [welcome.peer] : victims;
      for (const to of targets) {
        for (const signal of signalsTo(to)) await viewer.send({ type: 'signal', to, ...signal });
      }
    }, floodPauseMs);
  await Promise.all(Array.from({ length: floodSockets }, send));
}

const floodPauseMs = 5;
const floodSockets = 4;
/** So many that what goes from one tracker to another would be theirs. */
const madeUpSockets = 40;
/** By these first characters of a peer id it is known which tracker has it (docs/neighbours.md). */
const instanceLength = 8;

/** Signals to ordinary viewers of the same stream, who asked for none of them. */
export const signalAttacks: readonly Attack[] = [
  {
    name: 'offers',
    what: 'offers to the same few viewers, each a negotiation of its own',
    namedBy: ['errors_total{code="too_many_offers"}', 'errors_total{code="too_many_signals"}'],
    run: (attacker) => flood(attacker, () => [{ kind: 'offer', negotiation: randomUUID(), data }]),
  },
  {
    name: 'candidates',
    what: 'one offer, and candidates of it without an end, 64 a signal',
    namedBy: ['signals_total{kind="candidates"}', 'errors_total{code="too_many_signals"}'],
    run: async (attacker) => {
      const negotiation = randomUUID();
      const candidates = new Array<object>(64).fill(candidate);
      await flood(attacker, () => [
        { kind: 'offer', negotiation, data },
        { kind: 'candidates', negotiation, candidates },
      ]);
    },
  },
  {
    name: 'unknown-negotiations',
    what: 'answers, rejections and candidates of negotiations that nobody began',
    namedBy: ['errors_total{code="no_offer"}'],
    run: (attacker) =>
      flood(attacker, () => {
        const negotiation = randomUUID();
        return [
          { kind: 'answer', negotiation, data: { ...data, type: 'answer' } },
          { kind: 'reject', negotiation },
          { kind: 'candidates', negotiation, candidates: [candidate] },
        ];
      }),
  },
  {
    name: 'unknown-peers',
    what: 'offers to peers that are not there',
    namedBy: ['errors_total{code="unknown_peer"}'],
    run: (attacker) =>
      attacker.repeatJoined(
        ({ viewer }) =>
          viewer.send({
            type: 'signal',
            to: attacker.newSession(),
            kind: 'offer',
            negotiation: randomUUID(),
            data,
          }),
        floodPauseMs,
      ),
  },
  {
    name: 'made-up-peers',
    what: 'candidates for peers that another tracker might have, and has not',
    namedBy: [
      'neighbour_messages_sent_total{dialect="viblast.v1"}',
      'errors_total{code="unknown_peer"}',
    ],
    run: async (attacker) => {
      const instances = new Set<string>();
      const negotiation = randomUUID();
      const send = (): Promise<void> =>
        attacker.repeatJoined(async ({ viewer, welcome: { peer } }) => {
          instances.add(peer.slice(0, instanceLength));
          for (const instance of instances) {
            const to = instance + attacker.newSession().slice(instanceLength);
            const signal = { kind: 'candidates', negotiation, candidates: [candidate] };
            if (!peer.startsWith(instance)) await viewer.send({ type: 'signal', to, ...signal });
          }
        }, floodPauseMs);
      await Promise.all(Array.from({ length: madeUpSockets }, send));
    },
  },
];
