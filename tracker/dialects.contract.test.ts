import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closeCodes, type CloseCode } from '../protocol/index.js';
import { trackerLimits } from './limits.js';
import type { Conversation, Dialect, ViewerLink } from './sockets/conversation.js';
import { testParts, testTorrents, type TestParts } from './testing/test-parts.js';
import { newSession, until } from './testing/test-viewer.js';
import { viblastDialect } from './viblast/dialect.js';
import type { ViewerParts } from './viblast/viewer-parts.js';

/** What the contract needs to know of a dialect: what is said in it. */
interface Speech {
  readonly open: (inside: TestParts) => Dialect;
  /** What makes a tracker answer that doesn't know its viewer yet. */
  readonly greeting: () => string;
  /** What is answered at once by one more frame, of somebody who has greeted. */
  readonly question: string;
}

/** A dialect in which viewers report. */
interface ReportingSpeech extends Speech {
  readonly report: (number: number) => string;
  readonly leave: string;
  /** Whether one of the frames says that the report is in the log. */
  readonly isAcknowledged: (frames: readonly string[], number: number) => boolean;
}

const viblast: ReportingSpeech = {
  open: ({ parts }) => viblastDialect(parts),
  greeting: () => JSON.stringify({ type: 'hello', stream: 'arena', session: newSession() }),
  question: JSON.stringify({ type: 'announce', announces: [] }),
  report: (number) =>
    JSON.stringify({ type: 'announce', announces: [{ number, time: Date.now() }] }),
  leave: JSON.stringify({ type: 'leave' }),
  isAcknowledged: (frames, number) =>
    frames.some((text) => {
      const message = JSON.parse(text) as { type: string; numbers?: number[] };
      return message.type === 'acknowledged' && message.numbers?.includes(number) === true;
    }),
};

const webTorrent: Speech = {
  open: (inside) => testTorrents(inside),
  greeting: () =>
    JSON.stringify({ action: 'announce', info_hash: '\u0000'.repeat(20), peer_id: 'p'.repeat(20) }),
  question: JSON.stringify({ action: 'scrape' }),
};

/** A link that keeps what it is told, also what it should not be told any more. */
class Recorder implements ViewerLink {
  readonly unsentBytes = 0;
  readonly frames: string[] = [];
  readonly closes: CloseCode[] = [];
  framesAfterClose = 0;

  send(text: string): void {
    this.frames.push(text);
    if (this.closes.length > 0) this.framesAfterClose += 1;
  }

  close(code: CloseCode, reason: string): void {
    this.closes.push(code);
    // RFC 6455, 5.5: a control frame has 125 bytes, two of which are the code.
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  }
}

/** Begins conversations of one dialect; what they leave behind is looked at after each test. */
function conversationsIn(speech: Speech) {
  let inside: TestParts | undefined;

  function begin(changes: Partial<ViewerParts> = {}) {
    const fresh = testParts();
    const parts = { ...fresh.parts, ...changes };
    inside = { ...fresh, parts };
    const { log, announces, internalErrors } = fresh;
    const link = new Recorder();
    const conversation = speech.open(inside).begin(link, {
      target: '/arena',
      origin: undefined,
      browser: 'Chrome',
      userAgent: undefined,
      address: '192.0.2.7',
    });
    return { conversation, link, parts, log, announces, internalErrors };
  }

  async function join(changes: Partial<ViewerParts> = {}) {
    const begun = begin(changes);
    begun.conversation.receive(speech.greeting());
    await until(() => begun.link.frames.length > 0, 'the greeting is answered');
    return begun;
  }

  afterEach(() => {
    inside?.announces.stop();
    expect(inside?.parts.swarms.swarmCount).toBe(0);
    expect(inside?.parts.directory.size).toBe(0);
  });
  return { begin, join };
}

const endings: [why: string, code: CloseCode, end: (one: Conversation) => void][] = [
  ['a flood', closeCodes.tooManyMessages, (one) => one.refuseFlood()],
  ['silence', closeCodes.noHello, (one) => one.refuseSilence()],
  ['a mistake of ours', closeCodes.internal, (one) => one.failed()],
];

describe.each([
  ['viblast.v1', viblast],
  ['WebTorrent', webTorrent],
] as const)('a conversation in %s', (_name, speech) => {
  const { begin, join } = conversationsIn(speech);

  it('says nothing before the viewer has greeted', async () => {
    const { conversation, link } = begin();
    expect(conversation.hasGreeted).toBe(false);
    await nextTurn();
    expect([link.frames, link.closes]).toEqual([[], []]);
    conversation.receive(speech.greeting());
    expect(conversation.hasGreeted).toBe(true);
    await until(() => link.frames.length > 0, 'the greeting is answered');
    expect(link.closes).toEqual([]);
    conversation.closed();
  });

  it.each(endings)('ends at %s, once, and is silent from there on', async (_why, code, end) => {
    for (const { conversation, link } of [begin(), await join()]) {
      end(conversation);
      end(conversation);
      conversation.receive(speech.greeting());
      conversation.receive(speech.question);
      conversation.reconnect(10);
      await nextTurn();
      conversation.closed();
      expect(link.closes).toEqual([code]);
      expect(link.framesAfterClose).toBe(0);
    }
  });

  it('goes on after a frame that it cannot read, and ends after too many', async () => {
    const { conversation, link } = await join();
    conversation.receive('nonsense');
    conversation.receiveBinary('nonsense');
    expect(link.closes).toEqual([]);
    const { length } = link.frames;
    conversation.receive(speech.question);
    expect(link.frames).toHaveLength(length + 1);
    for (let count = 0; count < 100; count += 1) conversation.receiveBinary('nonsense');
    expect(link.closes).toEqual([closeCodes.badMessages]);
    expect(link.framesAfterClose).toBe(0);
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 10 }), (texts) => {
        const { conversation } = begin();
        for (const text of texts) conversation.receive(text);
        conversation.closed();
      }),
      { numRuns: 50 },
    );
  });

  it('goes on while its viewer is sent away', async () => {
    const { conversation, link } = await join();
    const { length } = link.frames;
    conversation.reconnect(10_000);
    conversation.receive(speech.question);
    await until(() => link.frames.length > length, 'it is answered');
    expect(link.closes).toEqual([]);
    conversation.closed();
  });

  it('takes it that the socket is gone at any time, more than once, and keeps nothing', async () => {
    const fresh = begin();
    const joining = begin();
    joining.conversation.receive(speech.greeting());
    for (const { conversation, link, parts } of [fresh, joining, await join()]) {
      const { length } = link.frames;
      conversation.closed();
      conversation.closed();
      await nextTurn();
      await nextTurn();
      expect(link.frames).toHaveLength(length);
      expect(link.closes).toEqual([]);
      expect([parts.swarms.swarmCount, parts.directory.size]).toEqual([0, 0]);
    }
  });
});

describe.each([['viblast.v1', viblast]] as const)('reports in %s', (_name, speech) => {
  const { begin, join } = conversationsIn(speech);

  it('answers a report when the log has it, and not before', async () => {
    const { conversation, link, log } = await join();
    log.isHolding = true;
    conversation.receive(speech.report(0));
    await until(() => log.heldCount === 1, 'the report is on its way');
    expect(speech.isAcknowledged(link.frames, 0)).toBe(false);
    log.answerAll();
    await until(() => speech.isAcknowledged(link.frames, 0), 'it is acknowledged');
    conversation.closed();
  });

  it('handles what came right behind the greeting', async () => {
    const { conversation, link } = begin();
    conversation.receive(speech.greeting());
    conversation.receive(speech.report(0));
    await until(() => speech.isAcknowledged(link.frames, 0), 'it is acknowledged');
    conversation.closed();
  });

  it('ends with the code of an internal error where something of ours throws behind its back', async () => {
    const secret = 'a detail of ours';
    const { conversation, link, internalErrors } = begin({
      newPeerId: () => {
        throw new Error(secret);
      },
    });
    conversation.receive(speech.greeting());
    await until(() => link.closes.length > 0, 'it ends');
    expect(link.closes).toEqual([closeCodes.internal]);
    expect(link.frames.join()).not.toContain(secret);
    expect(internalErrors).toHaveLength(1);
  });

  it('lets a bounded number of frames wait for the answer to the greeting', () => {
    const { conversation, link } = begin();
    conversation.receive(speech.greeting());
    for (let count = 0; count < trackerLimits.messagesWhileJoiningMax; count += 1) {
      conversation.receive(speech.report(count));
    }
    expect(link.closes).toEqual([]);
    conversation.receive(speech.report(1_000));
    expect(link.closes).toEqual([closeCodes.tooManyMessages]);
  });

  it('ends after a leave with the last answers', async () => {
    const { conversation, link, log, parts } = await join();
    log.isHolding = true;
    conversation.receive(speech.report(0));
    conversation.receive(speech.leave);
    expect(parts.swarms.swarmCount).toBe(0);
    await until(() => log.heldCount === 1, 'the report is on its way');
    expect(link.closes).toEqual([]);
    log.answerAll();
    await until(() => link.closes.length > 0, 'it ends');
    expect(speech.isAcknowledged(link.frames, 0)).toBe(true);
    expect(link.closes).toEqual([closeCodes.left]);
    expect(link.framesAfterClose).toBe(0);
  });

  it('ends after a leave without answers too, at a deadline', async () => {
    const { conversation, link, log } = await join({ leaveDeadlineMs: 20 });
    log.isAway = true;
    conversation.receive(speech.report(0));
    conversation.receive(speech.leave);
    expect(link.closes).toEqual([]);
    await until(() => link.closes.length > 0, 'it ends');
    expect(link.closes).toEqual([closeCodes.left]);
  });

  it.each(endings)('end with nothing more said at %s', async (_why, code, end) => {
    const { conversation, link, log } = await join();
    log.isHolding = true;
    conversation.receive(speech.report(0));
    await until(() => log.heldCount === 1, 'the report is on its way');
    end(conversation);
    conversation.receive(speech.report(1));
    log.answerAll();
    await nextTurn();
    conversation.closed();
    expect(link.closes).toEqual([code]);
    expect(link.framesAfterClose).toBe(0);
  });

  it('go on after a frame that cannot be read, and while the viewer is sent away', async () => {
    const { conversation, link } = await join();
    conversation.receive('nonsense');
    conversation.reconnect(10_000);
    conversation.receive(speech.report(0));
    await until(() => speech.isAcknowledged(link.frames, 0), 'it is acknowledged');
    expect(link.closes).toEqual([]);
    conversation.closed();
  });

  it('are told of to nobody when the socket is gone', async () => {
    const { conversation, link, log } = await join();
    log.isHolding = true;
    conversation.receive(speech.report(0));
    await until(() => log.heldCount === 1, 'the report is on its way');
    const { length } = link.frames;
    conversation.closed();
    log.answerAll();
    await nextTurn();
    await nextTurn();
    expect(link.frames).toHaveLength(length);
  });
});
