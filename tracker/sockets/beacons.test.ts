import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { protocolLimits } from '../../protocol/index.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { newSession, TestViewer, until } from '../testing/test-viewer.js';
import { trackerLimits } from '../limits.js';

describe('the beacon of a page that closes', () => {
  let tracker: TestTracker;
  beforeEach(async () => {
    tracker = await startTestTracker();
  });
  afterEach(async () => {
    expect(tracker.internalErrors).toEqual([]);
    await tracker.stop();
  });

  const post = async (lines: readonly unknown[]): Promise<number> => {
    const body = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    const answer = await fetch(`${tracker.http}/beacon`, { method: 'POST', body: body.join('\n') });
    return answer.status;
  };
  const hello = (session: string, stream = 'arena') => ({ type: 'hello', stream, session });
  const announce = (...numbers: readonly number[]) => ({
    type: 'announce',
    announces: numbers.map((number) => ({ number, time: Date.now(), state: 'ended' })),
  });
  const numbersOf = (session: string): number[] =>
    tracker.log.batches
      .flatMap(({ batch }) => batch.announces)
      .filter((one) => Buffer.from(one.session).toString('base64url') === session)
      .map(({ number }) => number);

  it('is taken into the log, and leaves nobody behind', async () => {
    const session = newSession();
    expect(await post([hello(session), announce(7, 8)])).toBe(204);
    expect(numbersOf(session)).toEqual([7, 8]);
    expect(tracker.parts.directory.size).toBe(0);
    expect(await tracker.registry.metrics()).toContain('beacons_total{outcome="taken"} 1');
  });

  it('counts an announce once that came by a socket as well', async () => {
    const session = newSession();
    const viewer = await TestViewer.join(tracker.url, 'arena', session);
    viewer.announce([{ number: 1, time: Date.now() }]);
    await viewer.next('acknowledged');
    expect(await post([hello(session), announce(1, 2)])).toBe(204);
    viewer.end();
    await until(() => tracker.server.socketCount === 0, 'its socket is closed');
    expect(new Set(numbersOf(session))).toEqual(new Set([1, 2]));
    expect(tracker.parts.directory.size).toBe(0);
  });

  it('leaves a socket of its session where it is: the page may come back', async () => {
    const session = newSession();
    const [hidden, other] = [
      await TestViewer.join(tracker.url, 'arena', session),
      await TestViewer.join(tracker.url, 'arena'),
    ];
    other.announce([{ number: 1, time: Date.now() }]);
    await other.next('peers');
    expect(await post([hello(session), announce(1)])).toBe(204);
    hidden.announce([{ number: 2, time: Date.now() }]);
    const { peers } = await hidden.next('peers');
    expect(peers.map(({ peer }) => peer)).toEqual([other.peer]);
    other.announce([]);
    const told = await other.next('peers', 1);
    expect(told.peers.map(({ peer }) => peer)).toEqual([hidden.peer]);
    hidden.end();
    other.end();
  });

  it.each([
    ['of a stream that nobody knows', 403, () => [hello(newSession(), 'unknown'), announce(1)]],
    ['that is not JSON', 400, () => ['{', '}']],
    ['without a hello', 400, () => [announce(1)]],
    ['of nothing', 400, () => []],
    [
      'that is too long',
      400,
      () => [hello(newSession()), announce(1), ' '.repeat(protocolLimits.messageBytesMax)],
    ],
    [
      'of too many lines',
      400,
      () => Array.from({ length: trackerLimits.beaconLinesMax + 1 }, () => 'x'),
    ],
  ])('%s is answered %i', async (_what, status, lines: () => readonly unknown[]) => {
    expect(await post(lines())).toBe(status);
    expect(tracker.parts.directory.size).toBe(0);
  });
});
