import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../lab/browser/index.js';
import { sumMax } from '../../schemas/index.js';
import { askApi, createStream, openPortal } from './testing/portal-browser.js';
import { waitFor, writePoints } from './testing/portal-support.js';
import { sharedStack, sharedTimes } from './testing/stack.js';

const { portal, graphite } = sharedStack();
const { intervalMs } = sharedTimes;
const group = `liars-${process.pid}`;
const keys = [`${group}-one`, `${group}-two`] as const;
const thisMinute = (): number => Math.floor(Date.now() / intervalMs) * intervalMs;

let browser: Browser;
let fromMs: number;

beforeAll(async () => {
  for (const key of keys) await createStream(portal, { key, options: { groups: [group] } });
  browser = await launchChromium();
}, 60_000);

afterAll(() => browser.close());

/** Two minutes of a stream, of which the second has sums at their bound. */
function pointsOf(key: string): readonly (readonly [string, number, number])[] {
  const base = `viblast.streams.${key}`;
  const second = fromMs + intervalMs;
  return [
    [`${base}.viewers`, 3, fromMs],
    [`${base}.viewers`, 3, second],
    [`${base}.viewers_average`, sumMax / intervalMs, second],
    [`${base}.bytes.cdn`, 5, fromMs],
    [`${base}.bytes.cdn`, sumMax, second],
    [`${base}.bytes.p2p`, 5, fromMs],
    [`${base}.bytes.p2p`, sumMax, second],
    [`${base}.stall_ratio`, 0.5, second],
  ];
}

const span = (): string => `from=${fromMs}&until=${fromMs + 2 * intervalMs}`;

async function json(path: string): Promise<unknown> {
  return await (await askApi(portal, 'GET', path)).json();
}

describe('a sum at its bound in real Graphite', () => {
  beforeAll(async () => {
    fromMs = thisMinute() - 3 * intervalMs;
    await writePoints(graphite, keys.flatMap(pointsOf));
    await waitFor(async () => {
      const { atLeast } = (await json(`/groups/${group}/metrics?${span()}`)) as {
        readonly atLeast: readonly string[];
      };
      return ['cdnBytes', 'peerBytes', 'viewersAverage'].every((name) =>
        atLeast.includes(`/series/${name}/1`),
      )
        ? atLeast
        : undefined;
    });
  }, 150_000);

  it('comes back as it was written, marked, of a stream and of a group', async () => {
    const query = `${span()}&series=cdnBytes,viewersAverage,stallRatio`;
    const atLeast = ['/series/cdnBytes/1', '/series/viewersAverage/1'];
    for (const path of [`/streams/${keys[0]}`, `/groups/${group}`]) {
      const answer = (await json(`${path}/metrics?${query}`)) as {
        readonly series: Readonly<Record<string, readonly unknown[]>>;
        readonly atLeast: readonly string[];
      };
      expect(answer.atLeast.toSorted()).toEqual(atLeast);
      expect(answer.series['cdnBytes']?.[1]).toBe(sumMax);
      expect(answer.series['stallRatio']?.[1]).toBeNull();
    }
    const csv = await askApi(portal, 'GET', `/streams/${keys[0]}/metrics?${query}&format=csv`);
    expect((await csv.text()).trimEnd().split('\r\n').at(-1)).toMatch(
      /,9007199254740990,.*,viewers_average;cdn_bytes$/,
    );
  });

  it('is shown as at least that, with its reason, and no share of it', async () => {
    const { page, complaints, close } = await openPortal(
      browser,
      portal,
      `/streams/${keys[0]}?${span()}`,
    );
    const kpi = (name: string) => page.locator('.kpi', { hasText: name }).locator('.kpi-value');
    await kpi('Bytes saved').filter({ hasText: '≥ 9 PB' }).waitFor();
    expect(await kpi('Bytes saved').locator('abbr').getAttribute('title')).toContain(
      '9,007,199,254,740,990',
    );
    expect(await kpi('Offload').innerText()).toBe('–');
    const traffic = page.locator('figure', { hasText: 'CDN and peers' });
    expect(await traffic.locator('.legend').innerText()).toMatch(/CDN ≥ [\d,.]+ PB\/s/);
    expect(await traffic.getByRole('slider').getAttribute('aria-valuetext')).toContain('CDN ≥');
    await traffic.locator('summary').click();
    const cells = await traffic.locator('tbody tr').first().locator('td').allInnerTexts();
    expect(cells).toEqual([
      expect.stringMatching(/^≥ /),
      expect.stringMatching(/^≥ /),
      expect.not.stringContaining('≥'),
    ]);
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('is marked in the list of streams, of the minute that is closed last', async () => {
    const row = await waitFor(async () => {
      const minutes = [thisMinute() - intervalMs, thisMinute()];
      await writePoints(
        graphite,
        minutes.map((timeMs) => [`viblast.streams.${keys[0]}.bytes.cdn`, sumMax, timeMs]),
      );
      const { streams } = (await json(`/now?search=${keys[0]}`)) as {
        readonly streams: readonly { readonly atLeast: readonly string[] }[];
      };
      return streams[0]?.atLeast.includes('/cdnBytes') === true ? streams[0] : undefined;
    });
    expect(row).toMatchObject({ cdnBytes: sumMax, offload: null, atLeast: ['/cdnBytes'] });
  }, 150_000);
});
