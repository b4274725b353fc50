import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ClientMessage } from '../../protocol/index.js';
import { seededRandom } from '../../service/random.js';
import { Statistics } from './statistics.js';
import { Swarm } from './swarm.js';
import { ViewerSignals } from './viewer-signals.js';

type Signal = Extract<ClientMessage, { type: 'signal' }>;

const named = (...ids: string[]) => ids.map((peer) => ({ peer }));

describe('a simulated viewer’s signals', () => {
  let swarm: Swarm;
  const sides = new Map<string, ViewerSignals>();
  const waiting: { readonly from: string; readonly signal: Signal }[] = [];

  function join(peer: string): ViewerSignals {
    const parts = {
      now: () => 0,
      random: seededRandom(sides.size),
      swarm,
      statistics: new Statistics(),
    };
    const send = (signal: ClientMessage): boolean => {
      if (signal.type === 'signal') waiting.push({ from: peer, signal });
      return true;
    };
    const signals = new ViewerSignals(parts, { send }, true);
    signals.welcomed(peer);
    swarm.join(peer);
    sides.set(peer, signals);
    return signals;
  }

  function deliver(): Signal[] {
    const delivered: Signal[] = [];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { from, signal } = next;
      delivered.push(signal);
      sides.get(signal.to)?.take({ ...signal, from });
    }
    return delivered;
  }

  beforeEach(() => {
    swarm = new Swarm();
    sides.clear();
    waiting.length = 0;
  });

  it('connect it with whom it was told of, with one negotiation and all candidates', () => {
    const [one, other] = [join('one'), join('other')];
    one.meet(named('other', 'nobody'));
    const signals = deliver();
    expect(signals.map(({ kind }) => kind)).toEqual([
      'offer',
      'candidates',
      'answer',
      'candidates',
    ]);
    expect(new Set(signals.map(({ negotiation }) => negotiation)).size).toBe(1);
    expect([one.connectedPeers(), other.connectedPeers()]).toEqual([['other'], ['one']]);
    swarm.leave('other');
    expect(one.connectedPeers()).toEqual([]);
  });

  it('connect two who offer at once, once', () => {
    const [one, other] = [join('a'), join('b')];
    one.meet(named('b'));
    other.meet(named('a'));
    const kinds = deliver().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'answer')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'reject')).toHaveLength(1);
    expect([one.connectedPeers(), other.connectedPeers()]).toEqual([['b'], ['a']]);
  });

  it('reject an offer when there is no room, which may be made again', () => {
    const full = join('full');
    const peers = Array.from({ length: 6 }, (_, index) => `peer${index}`);
    for (const peer of peers) join(peer).meet(named('full'));
    deliver();
    expect(full.connectedPeers()).toEqual(peers);
    const late = join('late');
    for (let again = 0; again < 2; again += 1) {
      late.meet(named('full'));
      expect(deliver().map(({ kind }) => kind)).toEqual(['offer', 'candidates', 'reject']);
    }
  });

  it('closes those above a bound, and makes no others until there is room again', () => {
    const [one, other, third] = [join('one'), join('other'), join('third')];
    one.meet(named('other', 'third'));
    deliver();
    expect(one.connectedPeers()).toEqual(['other', 'third']);
    one.bound(1);
    third.meet(named('one'));
    one.meet(named('third'));
    expect([deliver(), one.connectedPeers()]).toEqual([[], ['other']]);
    one.bound(0);
    other.meet(named('one'));
    expect(one.connectedPeers()).toEqual([]);
    one.bound(Infinity);
    one.meet(named('third'));
    expect(deliver().map(({ kind }) => kind)).toContain('offer');
  });

  it('may offer again after the tracker dropped the offer, not after it dropped candidates', () => {
    const one = join('one');
    join('other');
    one.meet(named('other'));
    const { negotiation = '' } = waiting.splice(0)[0]?.signal ?? {};
    const error = { type: 'error', code: 'peer_busy', message: '', retryable: true } as const;
    for (const kind of ['candidates', 'offer'] as const) {
      one.meet(named('other'));
      expect(waiting).toEqual([]);
      one.refused({ ...error, to: 'other', kind, negotiation });
    }
    one.meet(named('other'));
    expect(waiting).toHaveLength(2);
  });
});
