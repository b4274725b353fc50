import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { newSession, TestViewer } from '../testing/test-viewer.js';

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
      'a number below 0',
      '{"type":"announce","announces":[{"number":-1,"time":1}]}',
      'bad_message',
      /announces\[0\]\.number/,
    ],
    [
      'a number of 2^31',
      '{"type":"announce","announces":[{"number":2147483648,"time":1}]}',
      'bad_message',
      /announces\[0\]\.number/,
    ],
    [
      'a time that is text',
      '{"type":"announce","announces":[{"number":1,"time":"1"}]}',
      'bad_message',
      /announces\[0\]\.time/,
    ],
    [
      'too many bytes in a field',
      '{"type":"announce","announces":[{"number":1,"time":1},{"number":1,"time":1,"cdnBytes":1e300}]}',
      'bad_message',
      /announces\[1\]\.cdnBytes/,
    ],
    [
      'a fraction',
      '{"type":"announce","announces":[{"number":1,"time":1,"watchedMs":0.5}]}',
      'bad_message',
      /watchedMs/,
    ],
    [
      'an unknown state',
      '{"type":"announce","announces":[{"number":1,"time":1,"state":"flying"}]}',
      'bad_message',
      /state/,
    ],
    [
      '65 announces',
      JSON.stringify({ type: 'announce', announces: Array(65).fill({ number: 1, time: 1 }) }),
      'bad_message',
      /announces/,
    ],
    [
      'a signal to nowhere',
      '{"type":"signal","to":"x","kind":"offer","data":{}}',
      'bad_message',
      /to/,
    ],
    [
      'a signal of an unknown kind',
      `{"type":"signal","to":"${id}","kind":"gift","data":{}}`,
      'bad_message',
      /kind/,
    ],
    [
      'a signal whose data is text',
      `{"type":"signal","to":"${id}","kind":"offer","data":"x"}`,
      'bad_message',
      /data/,
    ],
    [
      'a signal that is too large',
      JSON.stringify({ type: 'signal', to: id, kind: 'offer', data: { sdp: 'x'.repeat(20_000) } }),
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
