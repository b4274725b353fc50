import { describe, expect, it } from '@jest/globals';
import { browserShares } from './browsers.js';
import { drawFirst, drawNext, drawViewer, type AudienceSettings } from './model.js';
import { seededRandom } from '../../service/random.js';
import { parseStreams } from './stream-profile.js';

function settings(): AudienceSettings {
  const streams = parseStreams('arena-main=360p+720p,studio-2,cinema-9=sd+hd');
  if (streams === undefined) throw new Error('streams');
  return { streams, sessionMedianMs: 240_000 };
}

describe('the audience', () => {
  it('is the same for the same seed and another for another seed', () => {
    const draw = (seed: number): unknown[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => drawViewer(random, settings()));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('spreads over streams and browsers by their shares', () => {
    const random = seededRandom(1);
    const drawn = Array.from({ length: 20_000 }, () => drawViewer(random, settings()));
    const share = (isIt: (viewer: (typeof drawn)[number]) => boolean): number =>
      drawn.filter(isIt).length / drawn.length;
    // Zipf: 1, 1/2, 1/3.
    expect(share(({ stream }) => stream.key === 'arena-main')).toBeCloseTo(6 / 11, 1);
    expect(share(({ stream }) => stream.key === 'cinema-9')).toBeCloseTo(2 / 11, 1);
    for (const { value, weight } of browserShares) {
      expect(share(({ browser }) => browser.family === value.family)).toBeCloseTo(weight / 100, 1);
    }
    const startups = drawn.map(({ startupMs }) => startupMs).toSorted((a, b) => a - b);
    expect(startups[10_000]).toBeGreaterThan(800);
    expect(startups[10_000]).toBeLessThan(1_000);
  });

  it('has seeders, previews and rehearsals among it as asked for, and else viewers alone', () => {
    const rolesOf = (otherRolesShare?: number) => {
      const random = seededRandom(1);
      const asked = {
        ...settings(),
        ...(otherRolesShare === undefined ? {} : { otherRolesShare }),
      };
      return Array.from({ length: 10_000 }, () => drawViewer(random, asked).app);
    };
    expect(new Set(rolesOf().map(({ facts }) => facts.role))).toEqual(new Set(['viewer']));
    const drawn = rolesOf(0.1);
    for (const role of ['seeder', 'preview', 'rehearsal'] as const) {
      const those = drawn.filter(({ facts }) => facts.role === role);
      expect(those.length / drawn.length).toBeCloseTo(0.1, 1);
      expect(those.every(({ told }) => told.role === role)).toBe(true);
    }
  });

  it('says of most who watches, and some of them come again', () => {
    const random = seededRandom(1);
    const apps = Array.from({ length: 5_000 }, () => drawViewer(random, settings()).app);
    const ids = apps.flatMap(({ facts }) => facts.viewer ?? []);
    expect(ids.length / apps.length).toBeCloseTo(0.7, 1);
    expect(new Set(ids).size).toBeLessThan(ids.length);
    for (const { facts, told } of apps) expect(told.viewer ?? null).toBe(facts.viewer);
  });

  it('has the same viewer back at once after a reload, and somebody else after a pause otherwise', () => {
    const random = seededRandom(3);
    const viewer = drawViewer(random, settings());
    const reloaded = drawNext(random, settings(), { ...viewer, ending: 'reload' });
    expect(reloaded.emptyMs).toBe(0);
    expect(reloaded.profile.stream).toBe(viewer.stream);
    expect(reloaded.profile.browser).toBe(viewer.browser);
    expect(drawNext(random, settings(), { ...viewer, ending: 'leave' }).emptyMs).toBeGreaterThan(0);
  });

  it('finds those who are there first in the middle of their sessions', () => {
    const whole = drawViewer(seededRandom(5), settings());
    const first = drawFirst(seededRandom(5), settings());
    expect(first.lifetimeMs).toBeLessThanOrEqual(whole.lifetimeMs);
    expect(first.lifetimeMs).toBeGreaterThanOrEqual(Math.floor(whole.lifetimeMs * 0.2));
  });
});

describe('a list of streams', () => {
  it('is refused when a key is empty or comes twice, or a rendition is empty', () => {
    for (const text of ['', 'a,', 'a,a', 'a=', 'a=x+']) expect(parseStreams(text)).toBeUndefined();
  });

  it('has ladders that rise from the first rendition', () => {
    for (const { ladder } of settings().streams) {
      expect(ladder.length).toBeGreaterThan(1);
      const bitrates = ladder.map(({ bitrateKbps }) => bitrateKbps);
      expect(bitrates).toEqual(bitrates.toSorted((a, b) => a - b));
    }
  });
});
