import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { newSession, TestViewer, until } from '../testing/test-viewer.js';

const id = 'AAAAAAAAAAAAAAAAAAAAAA';

describe('a tracker that is sent nonsense', () => {
  let tracker: TestTracker;
  beforeAll(async () => {
    tracker = await startTestTracker();
  });
  afterAll(async () => {
    await tracker.stop();
    expect(tracker.internalErrors).toEqual([]);
  });

  const malformed: [name: string, message: string, code: string, detail: RegExp][] = [
    ['no JSON', '{"type":', 'bad_json', /not JSON/],
    ['an empty frame', '', 'bad_json', /not JSON/],
    ['a bare number', '7', 'bad_message', /type is missing/],
    ['null', 'null', 'bad_message', /type is missing/],
    ['an array', '[]', 'bad_message', /type is missing/],
    ['an unknown type', '{"type":"constructor"}', 'bad_message', /type is unknown/],
    ['a type that is no string', '{"type":{"a":1}}', 'bad_message', /type is missing/],
    [
      'a second hello',
      JSON.stringify({ type: 'hello', stream: 'arena', session: id }),
      'already_joined',
      /once/,
    ],
    ['an announce without announces', '{"type":"announce"}', 'bad_message', /announces is missing/],
    [
      'announces that are no array',
      '{"type":"announce","announces":{"0":{"number":1,"time":1}}}',
      'bad_message',
      /no array/,
    ],
    [
      'a number below 0',
      '{"type":"announce","announces":[{"number":-1,"time":1}]}',
      'bad_announce',
      /number or time/,
    ],
    [
      'a number of 2^31',
      '{"type":"announce","announces":[{"number":2147483648,"time":1}]}',
      'bad_announce',
      /number or time/,
    ],
    [
      'a time that is text',
      '{"type":"announce","announces":[{"number":1,"time":"1"}]}',
      'bad_announce',
      /number or time/,
    ],
    [
      'a signal to nowhere',
      '{"type":"signal","to":"x","kind":"offer","negotiation":"n","data":{}}',
      'bad_message',
      /signal: to must/,
    ],
    [
      'a signal of an unknown kind',
      `{"type":"signal","to":"${id}","kind":"gift","negotiation":"n","data":{}}`,
      'bad_message',
      /kind/,
    ],
    [
      'a signal whose data is text',
      `{"type":"signal","to":"${id}","kind":"offer","negotiation":"n","data":"x"}`,
      'bad_message',
      /signal: data must/,
    ],
    [
      'an answer without a negotiation',
      `{"type":"signal","to":"${id}","kind":"answer","data":{}}`,
      'bad_message',
      /signal: negotiation is missing/,
    ],
    [
      'a candidate that is text',
      `{"type":"signal","to":"${id}","kind":"candidates","negotiation":"n","candidates":["x"]}`,
      'bad_message',
      /signal: candidates\[0\] must/,
    ],
    [
      'a signal that is too large',
      JSON.stringify({
        type: 'signal',
        to: id,
        kind: 'offer',
        negotiation: 'n',
        data: { sdp: 'x'.repeat(20_000) },
      }),
      'message_too_large',
      /16384/,
    ],
  ];
  it.each(malformed)(
    'names what is wrong with %s and goes on',
    async (_name, message, code, detail) => {
      const viewer = await TestViewer.join(tracker.url, 'arena');
      viewer.send(message);
      const error = await viewer.next('error');
      expect(error).toMatchObject({ code, retryable: false });
      expect(error.message).toMatch(detail);
      viewer.announce([{ number: 0, time: Date.now() }]);
      await viewer.next('acknowledged');
      viewer.end();
    },
  );

  it('answers each announce by itself, so that none silences another', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    const time = Date.now();
    viewer.send({
      type: 'announce',
      announces: [
        { number: 0, time, liveLatencyMs: 1_800_000, bufferLengthMs: 604_000, startupMs: 900_000 },
        { number: 1, time, watchedMs: 3_600_000 },
        { number: 2, time, segment: 15_385_550_390_000, watchedMs: 2_499.6 },
        { number: 3, time, segment: -1_031_974_141, stalledMs: null },
        { number: 4, time, state: 'buffering', quality: 'a rendition with a name of 33 chars' },
        { number: 5, time: 'now' },
        { number: null, time },
        { number: 6, time: -1 },
        { number: 7, time, cdnBytes: -1 },
        'nonsense',
        { number: 8, time: time + 0.25 },
      ],
    });
    await until(() => viewer.acknowledged.length === 5, 'what can be true is acknowledged');
    expect(viewer.acknowledged).toEqual([0, 2, 3, 4, 8]);
    expect(viewer.of('refused')).toEqual([
      { type: 'refused', numbers: [1, 7], reason: 'implausible' },
      { type: 'refused', numbers: [6], reason: 'too_old' },
    ]);
    expect(viewer.of('error')).toEqual([
      {
        type: 'error',
        code: 'bad_announce',
        message: 'announces without a readable number or time',
        retryable: false,
        indexes: [5, 6, 9],
        numbers: [5],
      },
    ]);
    const written = tracker.log.batches.flatMap(({ batch }) => batch.announces).slice(-5);
    expect(written).toMatchObject([
      { number: 0, liveLatencyMs: 1_800_000, bufferLengthMs: 604_000, startupMs: 900_000 },
      { number: 2, segment: -1, watchedMs: 2_500 },
      { number: 3, segment: -1, stalledMs: 0 },
      { number: 4, state: 'unknown', quality: 'other' },
      { number: 8, time },
    ]);
    viewer.end();
  });

  it('takes the first 64 announces of a message and has the others sent again', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    viewer.announce(Array.from({ length: 66 }, (_, number) => ({ number, time: Date.now() })));
    const error = await viewer.next('error');
    expect(error).toMatchObject({ code: 'too_many_announces', retryable: true, numbers: [64, 65] });
    await until(() => viewer.acknowledged.length === 64, 'the first 64 are acknowledged');
    viewer.end();
  });

  it('says so to binary frames', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    viewer.socket.send(randomBytes(100));
    expect(await viewer.next('error')).toMatchObject({ code: 'bad_message' });
    viewer.end();
  });

  it('closes with 1009 what sends too large a message, and says so if it is not much too large', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    viewer.send('x'.repeat(70_000));
    expect(await viewer.next('error')).toMatchObject({ code: 'message_too_large' });
    expect(await viewer.closed()).toBe(1009);
    const worse = await TestViewer.join(tracker.url, 'arena');
    worse.send('x'.repeat(1_000_000));
    expect(await worse.closed()).toBe(1009);
  });

  it('closes with 4400 after repeated bad messages', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    for (let count = 0; count < 10; count += 1) viewer.send('nonsense');
    expect(await viewer.closed()).toBe(4400);
    expect(viewer.of('error')).toHaveLength(8);
  });

  it.each(['', '.', 'no.such', 'arena.', '*', '__proto__', 'Füße 🎉', 'x'.repeat(101)])(
    'does not know the stream %j',
    async (stream) => {
      const viewer = await TestViewer.connect(tracker.url);
      viewer.send({ type: 'hello', stream, session: newSession() });
      const { code } = await viewer.next('error');
      const isName = stream.length >= 1 && stream.length <= 100;
      expect(code).toBe(isName ? 'unknown_stream' : 'bad_message');
      if (isName) expect(await viewer.closed()).toBe(4404);
      viewer.end();
    },
  );

  it.each([
    '',
    'AAAAAAAAAAAAAAAAAAAAAB',
    'A'.repeat(21),
    'A'.repeat(23),
    'AAAAAAAAAAAAAAAAAAAAA=',
    'AAAAAAAAAAAAAAAAAAAA+A',
  ])('takes no session %j', async (session) => {
    const viewer = await TestViewer.connect(tracker.url);
    viewer.send({ type: 'hello', stream: 'arena', session });
    const error = await viewer.next('error');
    expect(error.code).toBe('bad_message');
    expect(error.message).toMatch(/hello: session/);
    viewer.end();
  });
});
