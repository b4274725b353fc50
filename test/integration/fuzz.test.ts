import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fuzz } from '../../lab/fuzz/run-fuzz.js';
import { residentBytesOf } from '../../lab/stack/index.js';
import { TestViewer, until } from '../../tracker/testing/test-viewer.js';
import { extraServices, sharedStack } from './testing/stack.js';

const stream = `fuzz-${process.pid}`;
/** A tracker that has just started is not warm yet, and garbage is collected when Node likes. */
const growthBytesMax = 128 * 2 ** 20;
const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31);

describe('a tracker that is sent wrong frames in both dialects', () => {
  const extra = extraServices();
  let url = '';
  let pid = 0;

  beforeAll(async () => {
    const { portal } = sharedStack();
    const response = await fetch(`${portal.url}/api/v1/streams`, {
      method: 'POST',
      headers: { authorization: `Bearer ${portal.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key: stream }),
    });
    expect(response.status).toBe(201);
    const { process } = await extra.services.startTracker();
    url = process.ws;
    pid = process.pid;
    const isKnown = async (): Promise<boolean> => {
      const viewer = await TestViewer.connect(url);
      viewer.send({ type: 'hello', stream, session: 'AAAAAAAAAAAAAAAAAAAAAA' });
      await until(() => viewer.received.length > 0, 'it is answered');
      viewer.end();
      return viewer.of('welcome').length > 0;
    };
    await until(isKnown, 'the tracker knows the stream');
  }, 120_000);
  afterAll(() => extra.close(), 30_000);

  it(`answers each as its protocol says, and others feel nothing (seed ${seed})`, async () => {
    const { signal } = new AbortController();
    const bytesBefore = residentBytesOf(pid).now;
    const say = (): void => undefined;
    const result = await fuzz({ url, pid, stream, frames: 5_000, seed, say, signal });
    expect(result.complaints).toEqual([]);
    expect(residentBytesOf(pid).now - bytesBefore).toBeLessThan(growthBytesMax);
    expect(result.bystanders.answered).toBeGreaterThan(0);
  }, 240_000);
});
