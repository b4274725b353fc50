import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Negotiations } from './negotiations.js';

interface Signal {
  readonly from: string;
  readonly to: string;
  readonly kind: 'offer' | 'answer' | 'reject';
  readonly negotiation: string;
}

/** Peers that offer when told to, and a relay that keeps the order of each two, and no other. */
class Playground {
  readonly #sides = new Map<string, Negotiations>();
  readonly #queues = new Map<string, Signal[]>();
  /** By peer and other: the negotiation that connects them, as this peer sees it. */
  readonly connections = new Map<string, string>();
  #names = 0;

  constructor(peers: readonly string[]) {
    for (const peer of peers) {
      this.#sides.set(peer, new Negotiations(peer, () => `n${(this.#names += 1)}`, 1_000));
    }
  }

  offer(from: string, to: string): void {
    const negotiation = this.#sides.get(from)?.offer(to, 0);
    if (negotiation !== undefined) this.#send({ from, to, kind: 'offer', negotiation });
  }

  /** Delivers the next signal of one of the queues that have any. False: none has. */
  deliver(choice: number): boolean {
    const queues = [...this.#queues.values()].filter(({ length }) => length > 0);
    const signal = queues[choice % Math.max(1, queues.length)]?.shift();
    if (signal !== undefined) this.#take(signal);
    return signal !== undefined;
  }

  #take({ from, to, kind, negotiation }: Signal): void {
    const side = this.#sides.get(to);
    if (kind === 'reject') side?.failed(from, negotiation);
    else if (kind === 'answer') {
      if (side?.answered(from, negotiation) === true) {
        this.connections.set(`${to} ${from}`, negotiation);
      }
    } else if (side?.offered(from, 0) === true) {
      this.connections.set(`${to} ${from}`, negotiation);
      this.#send({ from: to, to: from, kind: 'answer', negotiation });
    } else this.#send({ from: to, to: from, kind: 'reject', negotiation });
  }

  #send(signal: Signal): void {
    const key = `${signal.from} ${signal.to}`;
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, [signal]);
    else queue.push(signal);
  }
}

describe('negotiations between peers', () => {
  it('lets the offer of the lower id stand where both offer at once', () => {
    const [low, high] = ['a', 'b'].map((id) => new Negotiations(id, () => `from ${id}`, 1_000));
    expect([low?.offer('b', 0), high?.offer('a', 0)]).toEqual(['from a', 'from b']);
    expect(low?.offered('b', 0)).toBe(false);
    expect(high?.offered('a', 0)).toBe(true);
    expect(high?.answered('a', 'from b')).toBe(false);
    expect(low?.answered('b', 'from a')).toBe(true);
  });

  it('offers a peer once at a time: again when it was answered, rejected, or never answered', () => {
    let names = 0;
    const own = new Negotiations('a', () => `n${(names += 1)}`, 1_000);
    expect([own.offer('b', 0), own.offer('b', 1_000), own.offer('b', 1_001)]).toEqual([
      'n1',
      undefined,
      'n2',
    ]);
    own.failed('b', 'n1');
    expect(own.offer('b', 1_002)).toBeUndefined();
    own.failed('b', 'n2');
    expect(own.offer('b', 1_003)).toBe('n3');
    expect(own.answered('b', 'n3')).toBe(true);
    expect(own.offer('b', 1_004)).toBe('n4');
    expect(own.offered('b', 2_004)).toBe(false);
    expect(own.offered('b', 2_005)).toBe(true);
  });

  it('brings both of a pair to the same offer and answer, in whatever order signals arrive', () => {
    const peers = ['a', 'b', 'c'];
    const step = fc.record({
      from: fc.constantFrom(...peers),
      to: fc.constantFrom(...peers),
      deliveries: fc.array(fc.nat(20), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.nat(20)), (steps, rest) => {
        const playground = new Playground(peers);
        const asked = new Set<string>();
        for (const { from, to, deliveries } of steps) {
          if (from === to) continue;
          playground.offer(from, to);
          asked.add(`${from} ${to}`).add(`${to} ${from}`);
          for (const choice of deliveries) playground.deliver(choice);
        }
        for (const choice of rest) playground.deliver(choice);
        while (playground.deliver(0));
        for (const key of asked) {
          const [one = '', other = ''] = key.split(' ');
          const negotiation = playground.connections.get(`${one} ${other}`);
          expect(negotiation).toBeDefined();
          expect(playground.connections.get(`${other} ${one}`)).toBe(negotiation);
        }
      }),
    );
  });
});
