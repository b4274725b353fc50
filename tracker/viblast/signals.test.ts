import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Negotiations } from '../../protocol/index.js';
import { signalLimits } from '../limits.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { testStream } from '../testing/test-parts.js';
import { TestViewer, until } from '../testing/test-viewer.js';

const nobody = 'AAAAAAAAAAAAAAAAAAAAAA';

interface Said {
  readonly kind: 'offer' | 'answer' | 'candidates' | 'reject';
  readonly negotiation: string;
  readonly data?: object;
  readonly candidates?: unknown[];
}

function say(from: TestViewer, to: { readonly peer: string }, said: Said): void {
  const data = said.kind === 'offer' || said.kind === 'answer' ? { data: {} } : {};
  from.send({ type: 'signal', to: to.peer, ...data, ...said });
}

const candidate = (index: number) => ({ candidate: `candidate:${index}`, sdpMid: '0' });

describe('signals through the tracker', () => {
  let tracker: TestTracker;
  const viewers: TestViewer[] = [];

  async function join(stream = 'arena'): Promise<TestViewer> {
    const viewer = await TestViewer.join(tracker.url, stream);
    viewers.push(viewer);
    return viewer;
  }

  beforeEach(async () => {
    tracker = await startTestTracker({ messagesBurst: 200 });
  });
  afterEach(async () => {
    for (const viewer of viewers.splice(0)) viewer.end();
    await tracker.stop();
    expect(tracker.internalErrors).toEqual([]);
  });

  it('gives each of two offers its own answer', async () => {
    const [a, b] = [await join(), await join()];
    say(a, b, { kind: 'offer', negotiation: 'first', data: { sdp: 'o1' } });
    say(a, b, { kind: 'offer', negotiation: 'second', data: { sdp: 'o2' } });
    await b.next('signal', 1);
    say(b, a, { kind: 'answer', negotiation: 'second', data: { sdp: 'to o2' } });
    say(b, a, { kind: 'answer', negotiation: 'first', data: { sdp: 'to o1' } });
    await a.next('signal', 1);
    const answer = { type: 'signal', from: b.peer, kind: 'answer' };
    expect(a.of('signal')).toEqual([
      { ...answer, negotiation: 'second', data: { sdp: 'to o2' } },
      { ...answer, negotiation: 'first', data: { sdp: 'to o1' } },
    ]);
    expect(b.of('error')).toEqual([]);
  });

  it.each([
    ['never offered', 'third'],
    ['answered already', 'first'],
    ['rejected', 'second'],
  ])('names the negotiation of an answer to an offer that was %s', async (_why, negotiation) => {
    const [a, b] = [await join(), await join()];
    say(a, b, { kind: 'offer', negotiation: 'first' });
    say(a, b, { kind: 'offer', negotiation: 'second' });
    await b.next('signal', 1);
    say(b, a, { kind: 'answer', negotiation: 'first' });
    say(b, a, { kind: 'reject', negotiation: 'second' });
    say(b, a, { kind: 'answer', negotiation });
    expect(await b.next('error')).toMatchObject({
      code: 'no_offer',
      retryable: false,
      to: a.peer,
      kind: 'answer',
      negotiation,
    });
    expect(a.of('signal').map(({ kind }) => kind)).toEqual(['answer', 'reject']);
  });

  it('takes who rejects an offer for full, but not where both have offered at once', async () => {
    const [a, b] = [await join(), await join()];
    const rejected = jest.spyOn(tracker.parts.swarms, 'rejected');
    say(a, b, { kind: 'offer', negotiation: 'from a' });
    say(b, a, { kind: 'offer', negotiation: 'from b' });
    await Promise.all([a.next('signal'), b.next('signal')]);
    say(a, b, { kind: 'reject', negotiation: 'from b' });
    await b.next('signal', 1);
    expect(rejected).not.toHaveBeenCalled();
    say(b, a, { kind: 'reject', negotiation: 'from a' });
    await a.next('signal', 1);
    expect(rejected.mock.calls).toEqual([['arena', b.peer, expect.any(Number)]]);
  });

  it('relays several candidates as they are, with their end, in a living negotiation alone', async () => {
    const [a, b] = [await join(), await join()];
    const candidates = [candidate(1), candidate(2), { candidate: '' }, null];
    say(b, a, { kind: 'candidates', negotiation: 'n', candidates });
    expect(await b.next('error')).toMatchObject({ code: 'no_offer', negotiation: 'n' });
    say(a, b, { kind: 'offer', negotiation: 'n' });
    say(a, b, { kind: 'candidates', negotiation: 'n', candidates });
    await b.next('signal', 1);
    say(b, a, { kind: 'candidates', negotiation: 'n', candidates });
    expect(await a.next('signal')).toEqual({
      type: 'signal',
      from: b.peer,
      kind: 'candidates',
      negotiation: 'n',
      candidates,
    });
  });

  it('relays nothing of a signal but what the protocol has', async () => {
    const [a, b] = [await join(), await join()];
    const offer = { type: 'signal', kind: 'offer', negotiation: 'n', data: { sdp: 'o' } };
    a.send({ ...offer, to: b.peer, from: nobody, candidates: [1], mood: 'good' });
    expect(await b.next('signal')).toEqual({
      type: 'signal',
      from: a.peer,
      kind: 'offer',
      negotiation: 'n',
      data: { sdp: 'o' },
    });
  });

  it('relays nothing to a peer of another swarm, to nobody, or to oneself, and says to whom', async () => {
    tracker.streams.set('other', testStream('other'));
    const [viewer, stranger] = [await join(), await join('other')];
    for (const { peer } of [stranger, { peer: nobody }, viewer]) {
      say(viewer, { peer }, { kind: 'offer', negotiation: 'n' });
    }
    await viewer.next('error', 2);
    const error = { code: 'unknown_peer', kind: 'offer', negotiation: 'n' };
    expect(viewer.of('error')).toMatchObject([
      { ...error, to: stranger.peer },
      { ...error, to: nobody },
      { ...error, to: viewer.peer },
    ]);
    expect(stranger.of('signal')).toEqual([]);
  });

  it('tells in welcome every limit of messages and signals', async () => {
    const viewer = await join();
    const { limits } = await viewer.next('welcome');
    expect(limits).toMatchObject({
      ...signalLimits,
      messagesPerSecond: 100,
      messagesBurst: 200,
      candidatesMax: 64,
      connectedPeersMax: 64,
      signalBytesMax: 16_384,
    });
  });

  it('takes a start with 30 peers and 15 candidates each, in signals of one, for no flood', async () => {
    const viewer = await join();
    const peers = await Promise.all(Array.from({ length: 30 }, () => join()));
    for (const peer of peers) say(viewer, peer, { kind: 'offer', negotiation: 'out' });
    for (const peer of peers) {
      await peer.next('signal');
      say(peer, viewer, { kind: 'answer', negotiation: 'out' });
      say(peer, viewer, { kind: 'offer', negotiation: 'in' });
    }
    await until(() => viewer.of('signal').length === 60, 'all have answered and offered');
    for (const peer of peers) say(viewer, peer, { kind: 'answer', negotiation: 'in' });
    for (let index = 0; index < 15; index += 1) {
      for (const peer of peers) {
        for (const negotiation of ['out', 'in']) {
          say(viewer, peer, { kind: 'candidates', negotiation, candidates: [candidate(index)] });
        }
      }
    }
    await until(() => peers.every((peer) => peer.of('signal').length === 2 + 30), 'all have all');
    expect([viewer, ...peers].flatMap((one) => one.of('error'))).toEqual([]);
    expect(viewer.closeCode).toBeUndefined();
  });

  it('drops signals above their budget with an error, and closes who goes on as a flood', async () => {
    const [a, b] = [await join(), await join()];
    const { candidatesMax } = (await a.next('welcome')).limits;
    say(a, b, { kind: 'offer', negotiation: 'n' });
    const candidates = Array<null>(candidatesMax).fill(null);
    for (let sent = 0; sent <= signalLimits.candidatesBurst / candidatesMax; sent += 1) {
      say(a, b, { kind: 'candidates', negotiation: 'n', candidates });
    }
    expect(await a.next('error')).toMatchObject({
      code: 'too_many_signals',
      retryable: true,
      to: b.peer,
      kind: 'candidates',
      negotiation: 'n',
    });
    say(a, b, { kind: 'offer', negotiation: 'still here' });
    await until(() => b.of('signal').at(-1)?.negotiation === 'still here', 'offers go on');
    for (let sent = 0; sent < 300; sent += 1) {
      say(a, b, { kind: 'candidates', negotiation: 'n', candidates });
    }
    expect(await a.closed()).toBe(4429);
    expect(b.closeCode).toBeUndefined();
  });

  it('drops answers and rejections above their budget, and candidates go on', async () => {
    const nowMs = Date.now();
    await tracker.stop();
    tracker = await startTestTracker({ parts: { now: () => nowMs } });
    const [a, b] = [await join(), await join()];
    say(a, b, { kind: 'offer', negotiation: 'n' });
    for (let sent = 0; sent < signalLimits.descriptionsBurst; sent += 1) {
      say(a, b, { kind: sent % 2 === 0 ? 'answer' : 'reject', negotiation: 'none' });
    }
    await until(() => a.of('error').length === signalLimits.descriptionsBurst, 'all are answered');
    expect(a.of('error').at(-1)).toMatchObject({ code: 'too_many_signals', retryable: true });
    say(a, b, { kind: 'candidates', negotiation: 'n', candidates: [null] });
    await until(() => b.of('signal').at(-1)?.kind === 'candidates', 'they come');
  });

  it('refuses the flooder of a peer, not those who offer to the same peer', async () => {
    const [flooder, honest, target] = [await join(), await join(), await join()];
    say(honest, target, { kind: 'offer', negotiation: 'before' });
    for (let index = 0; index < 100; index += 1) {
      say(flooder, target, { kind: 'offer', negotiation: `flood ${index}` });
    }
    await until(() => flooder.of('error').length >= 90, 'the flooder is refused');
    for (const { code, retryable } of flooder.of('error')) {
      expect([code, retryable]).toEqual(['too_many_offers', true]);
    }
    say(honest, target, { kind: 'offer', negotiation: 'after' });
    await until(() => target.of('signal').at(-1)?.negotiation === 'after', 'it comes');
    for (const negotiation of ['before', 'after']) {
      say(target, honest, { kind: 'answer', negotiation });
    }
    await honest.next('signal', 1);
    expect(honest.of('error')).toEqual([]);
  });

  it('keeps signals from a viewer that reads too slowly, instead of costing it its socket', async () => {
    const slow = await join();
    slow.socket.pause();
    const data = { sdp: 'x'.repeat(15_000) };
    const isTold = (viewer: TestViewer): boolean =>
      viewer.of('error').some(({ code }) => code === 'peer_busy');
    // The system's own buffers take some megabytes before anything is unsent.
    for (let count = 0; !viewers.some(isTold); count += 1) {
      expect(count).toBeLessThan(60);
      const flooders = await Promise.all(Array.from({ length: 10 }, () => join()));
      for (const flooder of flooders) {
        for (const negotiation of ['1', '2']) {
          say(flooder, slow, { kind: 'offer', negotiation, data });
          say(flooder, slow, { kind: 'candidates', negotiation, candidates: [data] });
        }
        flooder.announce([]);
      }
      await Promise.all(flooders.map((flooder) => flooder.next('peers')));
      for (const flooder of flooders) if (!isTold(flooder)) flooder.end();
    }
    slow.socket.resume();
    slow.announce([{ number: 0, time: Date.now() }]);
    await slow.next('acknowledged');
    const again = await join();
    say(again, slow, { kind: 'offer', negotiation: 'later' });
    await until(() => slow.of('signal').at(-1)?.negotiation === 'later', 'it comes');
  }, 60_000);

  it('brings two who offer at once to the same offer and answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.nat(3), async (oneWaits, otherWaits) => {
        const one = new Negotiating(await join());
        const other = new Negotiating(await join());
        await Promise.all([one.offer(other, oneWaits), other.offer(one, otherWaits)]);
        await until(() => one.connection !== undefined, 'one is connected');
        await until(() => other.connection !== undefined, 'the other is connected');
        expect(one.connection).toEqual(other.connection);
        for (const { viewer } of [one, other]) {
          expect(viewer.of('error')).toEqual([]);
          viewer.end();
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** A viewer that keeps to the protocol's rule for two who offer at once. */
class Negotiating {
  connection: { readonly offer: unknown; readonly answer: unknown } | undefined;
  readonly #side: Negotiations;
  #offer: unknown;

  constructor(readonly viewer: TestViewer) {
    this.#side = new Negotiations(viewer.peer, () => `of ${viewer.peer}`, 1_000);
    viewer.socket.on('message', () => this.#take());
  }

  /** Offers after so many turns of the loop: sometimes the other's comes first. */
  async offer(to: Negotiating, turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const negotiation = this.#side.offer(to.viewer.peer, 0);
    if (negotiation === undefined || this.connection !== undefined) return;
    this.#offer = { sdp: negotiation };
    say(this.viewer, to.viewer, { kind: 'offer', negotiation, data: { sdp: negotiation } });
  }

  #take(): void {
    const signal = this.viewer.received.at(-1);
    if (signal?.type !== 'signal') return;
    const { from, negotiation } = signal;
    if (signal.kind === 'answer' && this.#side.answered(from, negotiation)) {
      this.connection = { offer: this.#offer, answer: signal.data };
    } else if (signal.kind === 'offer' && this.#side.offered(from, 0)) {
      const data = { sdp: `answer to ${negotiation}` };
      this.connection = { offer: signal.data, answer: data };
      say(this.viewer, { peer: from }, { kind: 'answer', negotiation, data });
    } else if (signal.kind === 'offer') {
      say(this.viewer, { peer: from }, { kind: 'reject', negotiation });
    }
  }
}
