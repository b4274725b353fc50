import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { announceLimits } from '../../schemas/index.js';
import { seededRandom } from '../../service/random.js';
import { SessionBudgets } from '../announces/session-budgets.js';
import { sessionRates } from '../announces/session-rates.js';
import type { Conversation } from '../sockets/conversation.js';
import { testParts, testRates, testRateSettings, type TestParts } from '../testing/test-parts.js';
import { newSession, until } from '../testing/test-viewer.js';
import { viblastDialect } from './dialect.js';

const address = '192.0.2.7';
const { bytesMax, durationMsMax, countMax } = announceLimits;

/** Conversations on a clock of the test's. */
describe('a session that reports what cannot be', () => {
  let inside: TestParts;
  let nowMs: number;
  beforeEach(() => {
    inside = testParts();
    nowMs = Date.now();
  });
  afterEach(() => {
    inside.announces.stop();
    expect(inside.internalErrors).toEqual([]);
  });

  interface Joined {
    readonly one: Conversation;
    readonly frames: string[];
  }

  async function join(session: string, rates = testRates, from = address): Promise<Joined> {
    const frames: string[] = [];
    const link = {
      unsentBytes: 0,
      send: (text: string): void => void frames.push(text),
      close: (code: number): void => void frames.push(`closed ${code}`),
    };
    const budgets =
      rates === testRates ? inside.parts.budgets : new SessionBudgets(rates, 10, seededRandom(7));
    const dialect = viblastDialect({ ...inside.parts, rates, budgets, now: () => nowMs });
    const request = {
      target: '/',
      origin: undefined,
      browser: 'Chrome',
      userAgent: undefined,
      address: from,
    } as const;
    const one = dialect.begin(link, request);
    one.receive(JSON.stringify({ type: 'hello', stream: 'arena', session }));
    await until(() => frames.length > 0, 'it is welcome');
    return { one, frames };
  }

  it('gets no more through than one that is true, on however many sockets', async () => {
    const session = newSession();
    const sockets = [await join(session), await join(session)];
    const seconds = 25;
    const messagesPerSecond = 5;
    const announcesPerMessage = 64;
    const atBounds = { watchedMs: durationMsMax, cdnBytes: bytesMax, stalls: countMax };
    const asLetIn = { watchedMs: 1_000, cdnBytes: 2_000_000, stalls: 0 };
    let number = 0;
    for (let message = 0; message < seconds * messagesPerSecond; message += 1) {
      nowMs += 1_000 / messagesPerSecond;
      for (const { one } of sockets) {
        const announces = Array.from({ length: announcesPerMessage }, (_, index) => ({
          number: number + index,
          time: nowMs,
          ...(index % 2 === 0 ? atBounds : asLetIn),
        }));
        number += announcesPerMessage;
        one.receive(JSON.stringify({ type: 'announce', announces, peersWanted: 0 }));
      }
    }
    const taken = (): number =>
      inside.log.batches.reduce((sum, { batch }) => sum + batch.announces.length, 0);
    await until(() => inside.announces.queueBytes === 0 && taken() > 0, 'all is written');
    const announces = inside.log.batches.flatMap(({ batch }) => batch.announces);
    const allowedMs = testRates.windowMs + seconds * 1_000;
    const bytes = announces.reduce((sum, { cdnBytes }) => sum + cdnBytes, 0);
    const watchedMs = announces.reduce((sum, one) => sum + one.watchedMs, 0);
    const announcesMax = (allowedMs / testRates.announceIntervalMs) * testRates.announcesMax;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(allowedMs * testRates.mbpsMax * 125);
    expect(watchedMs).toBeLessThanOrEqual(allowedMs * 1.1);
    expect(announces.length).toBeLessThanOrEqual(announcesMax);
    // Asks for what may wait for its next announce.
    for (const { one } of sockets) one.receive('{"type":"announce","announces":[]}');
    const answered = sockets.flatMap(({ frames }) =>
      frames
        .map((frame) => JSON.parse(frame) as { type: string; numbers?: number[]; reason?: string })
        .filter(({ type }) => type === 'acknowledged' || type === 'refused'),
    );
    const numbers = answered.flatMap((answer) => answer.numbers ?? []);
    expect(new Set(numbers).size).toBe(number);
    expect(numbers).toHaveLength(number);
    for (const { one } of sockets) one.closed();
  });

  it('is named with its address', async () => {
    const session = newSession();
    const { one } = await join(session);
    const announces = [{ number: 0, time: nowMs, cdnBytes: bytesMax }];
    one.receive(JSON.stringify({ type: 'announce', announces }));
    expect(inside.implausible).toEqual([{ session: `arena ${session}`, address }]);
    one.closed();
  });

  it('has no more of a budget after it has come back', async () => {
    const session = newSession();
    const report = (number: number) =>
      JSON.stringify({
        type: 'announce',
        announces: [{ number, time: nowMs, cdnBytes: testRates.windowMs * 12_500 }],
      });
    for (let number = 0; number < 3; number += 1) {
      const { one, frames } = await join(session);
      one.receive(report(number));
      if (number > 0) expect(frames.at(-1)).toContain('implausible');
      one.closed();
    }
    expect(inside.implausible).toHaveLength(2);
  });

  it('has no more under other names, from any address of its network', async () => {
    const bytes = testRates.windowMs * testRates.mbpsMax * 125;
    const all = { number: 0, time: nowMs, cdnBytes: Math.min(bytes, bytesMax) };
    for (const from of ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']) {
      const { one } = await join(newSession(), testRates, from);
      one.receive(JSON.stringify({ type: 'announce', announces: [all] }));
      one.closed();
    }
    expect(inside.implausible.map((refused) => refused.address)).toEqual(['2001:db8::2']);
  });

  const plays = ({ one }: Joined, ...announces: readonly object[]): void => {
    const played = announces.map((fields) => ({ time: nowMs, state: 'playing', ...fields }));
    one.receive(JSON.stringify({ type: 'announce', announces: played }));
  };

  /** The numbers that were refused, of announces every 10 s with so much of the media played. */
  async function refusedAt(speed: number, rates = testRates): Promise<number[]> {
    const joined = await join(newSession(), rates);
    const begins = joined.frames.length;
    for (let number = 0; number < 60; number += 1) {
      nowMs += 10_000;
      plays(joined, { number, watchedMs: speed * 10_000, playbackRatePercent: speed * 100 });
    }
    joined.one.closed();
    return joined.frames
      .slice(begins)
      .map((frame) => JSON.parse(frame) as { type: string; reason?: string; numbers?: number[] })
      .filter(({ type, reason }) => type === 'refused' && reason === 'implausible')
      .flatMap(({ numbers }) => numbers ?? []);
  }

  it('is never refused at twice the speed where it tells the time that passed', async () => {
    const joined = await join(newSession());
    for (let number = 0; number < 360; number += 1) {
      nowMs += 10_000;
      const stalledMs = number % 10 === 0 ? 500 : 0;
      const watchedMs = 10_000 - stalledMs;
      plays(joined, { number, watchedMs, stalledMs, playbackRatePercent: 200, cdnBytes: 3e7 });
    }
    joined.one.closed();
    expect(inside.implausible).toEqual([]);
  });

  it('is refused at 16 times the speed where it tells time of the media, that alone', async () => {
    const joined = await join(newSession());
    for (let number = 0; number < 60; number += 2) {
      nowMs += 10_000;
      const ofMedia = { number, watchedMs: 160_000, playbackRatePercent: 1_600 };
      plays(joined, ofMedia, { number: number + 1, watchedMs: 0, cdnBytes: 1_000 });
    }
    joined.one.closed();
    const taken = () => inside.log.batches.flatMap(({ batch }) => batch.announces);
    await until(() => inside.announces.queueBytes === 0 && taken().length > 0, 'all is written');
    const numbers = taken().map(({ number }) => number);
    expect(numbers.filter((number) => number % 2 === 1)).toHaveLength(30);
    // Those that the window has room for, and then as many as the time that passes.
    expect(numbers.filter((number) => number % 2 === 0)).toHaveLength(3);
    expect(inside.implausible).toHaveLength(27);
  });

  it('may tell time of the media, played at twice the speed, where the tracker lets it', async () => {
    const rates = sessionRates({ ...testRateSettings, sessionPlayedPercentMax: 220 });
    expect(await refusedAt(2)).not.toEqual([]);
    expect(await refusedAt(2, rates)).toEqual([]);
    expect(await refusedAt(3, rates)).not.toEqual([]);
  });

  it('goes on where it makes the same mistake in each announce', async () => {
    const { one, frames } = await join(newSession());
    for (let count = 0; count < 50; count += 1) {
      nowMs += 1_000;
      one.receive('{"type":"announce","announces":[{"number":null},{"number":null}]}');
    }
    expect(frames.filter((frame) => frame.includes('"bad_announce"'))).toHaveLength(50);
    expect(frames.at(-1)).not.toContain('closed');
    one.closed();
  });
});
