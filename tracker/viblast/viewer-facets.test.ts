import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { viewerPseudonyms } from '../facets/viewer-pseudonym.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { testStream } from '../testing/test-parts.js';
import { newSession, TestViewer } from '../testing/test-viewer.js';

const pseudonymOf = viewerPseudonyms('a salt');
const headers = { 'user-agent': 'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Mobile/15E148' };

describe('what a viewer tells of itself', () => {
  let tracker: TestTracker;
  beforeEach(async () => {
    tracker = await startTestTracker();
  });
  afterEach(async () => {
    expect(tracker.internalErrors).toEqual([]);
    await tracker.stop();
  });

  /** The facets and the pseudonym of an announce of a viewer that says this. */
  async function announcedBy(hello: object): Promise<{ facets: string[]; viewer: unknown }> {
    const viewer = await TestViewer.connect(tracker.url, 'viblast.v1', { headers });
    viewer.send({ type: 'hello', stream: 'arena', session: newSession(), ...hello });
    viewer.announce([{ number: 0, time: Date.now() }]);
    await viewer.next('acknowledged');
    viewer.end();
    const { announces = [], facetValues = [] } = tracker.log.batches.at(-1)?.batch ?? {};
    const [announce] = announces;
    const facets = (announce?.facets ?? []).map((place) => facetValues[place]);
    return {
      facets: facets.map((one) => `${one?.facet ?? ''}=${one?.value ?? ''}`),
      viewer: announce?.viewer,
    };
  }

  it('stands in its announces, with what its request and its stream add', async () => {
    const options = { labels: { plan: ['free', 'paid'] } };
    tracker.streams.set('arena', testStream('arena', { options }));
    const told = { system: 'ipados', player: 'hls.js/1.5', labels: { plan: 'free', more: 1 } };
    expect(await announcedBy({ ...told, viewer: 'ann' })).toEqual({
      facets: ['device=tablet', 'system=iOS', 'player=hls.js', 'label.plan=free'],
      viewer: pseudonymOf('ann'),
    });
  });

  it.each([
    [{}, ['device=tablet', 'system=iOS', 'player=unknown']],
    [
      { device: null, system: 7, player: {}, labels: 'x', viewer: ['ann'] },
      ['device=tablet', 'system=iOS', 'player=unknown'],
    ],
    [
      { device: 'fridge', system: 'x'.repeat(60_000), player: 'mine', labels: null },
      ['device=other', 'system=other', 'player=other'],
    ],
  ])('may be anything: %.60j', async (hello, facets) => {
    expect(await announcedBy(hello)).toEqual({ facets, viewer: null });
  });

  it('is believed of its join token before all, and comes back with its ticket', async () => {
    const secret = randomBytes(32);
    const tokenKeys = [{ kid: 'k1', secret: secret.toString('base64url') }];
    tracker.streams.set('arena', testStream('arena', { tokenKeys }));
    const session = newSession();
    const token = await new SignJWT({ stream: 'arena', session, viewer: 'bob' })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setExpirationTime('1m')
      .sign(secret);
    const first = await announcedBy({ session, token, viewer: 'ann' });
    expect(first.viewer).toEqual(pseudonymOf('bob'));
    const viewer = await TestViewer.join(tracker.url, 'arena', session, { token });
    const { ticket } = await viewer.next('welcome');
    viewer.end();
    const again = await announcedBy({ session, ticket, viewer: 'ann' });
    expect(again.viewer).toEqual(pseudonymOf('bob'));
  });
});
