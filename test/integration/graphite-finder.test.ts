import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderClient, writeToCarbon } from '../../graphite/index.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { startGraphite, type GraphiteServers } from '../../lab/stack/servers/graphite.js';
import { setKeys } from '../../lab/stack/servers/templates.js';
import { eventually } from './testing/ingest-support.js';

/** More than are asked of carbon at once. */
const metrics = Array.from({ length: 1_200 }, (_, index) => `finder.metric-${index}`);
const minuteS = Math.floor(Date.now() / 60_000) * 60;

/** `deploy/graphite/viblast_finder.py` in graphite-web, and a carbon that keeps all to itself. */
describe('what carbon has and has not written', () => {
  const supervisor = new Supervisor();
  let graphite: GraphiteServers;

  async function write(minutesAgo: number, value: number): Promise<void> {
    const [host = '', port = ''] = graphite.plaintext.split(':');
    const timeS = minuteS - minutesAgo * 60;
    const points = metrics.map((metric) => ({ metric, value, timeS }));
    await writeToCarbon({ host, port: Number(port) }, points);
  }

  /** How many of the metrics have this value in one answer. */
  async function countOf(value: number): Promise<number> {
    const { render } = renderClient({ url: graphite.render, timeoutMs: 30_000 });
    const fromMs = (minuteS - 600) * 1_000;
    const request = { targets: ['finder.*'], fromMs, untilMs: (minuteS + 60) * 1_000 };
    const series = await render(request);
    return series.filter(({ points }) => [...points.values()].includes(value)).length;
  }

  beforeAll(async () => {
    graphite = await startGraphite(supervisor, 60);
    await write(3, 1);
    await eventually('all files are there', async () => (await countOf(1)) === metrics.length);
    await keepAll();
  }, 180_000);

  afterAll(() => supervisor.close(5_000), 60_000);

  /**
   * Another carbon takes its place that writes only what is a day old. One of few writes a second
   * tells nobody of the file whose turn it waits for.
   */
  async function keepAll(): Promise<void> {
    const file = join(supervisor.folder, 'graphite', 'conf', 'carbon.conf');
    const text = setKeys(readFileSync(file, 'utf8'), { CACHE_WRITE_STRATEGY: 'timesorted' });
    await graphite.carbon.stop();
    writeFileSync(file, `${text}\nMIN_TIMESTAMP_LAG = 86400\n`);
    await graphite.carbon.start();
  }

  it('is told at once, also by who asked the carbon before', async () => {
    await write(2, 2);
    expect(await countOf(2)).toBe(metrics.length);
    await write(2, 3);
    expect([await countOf(3), await countOf(2)]).toEqual([metrics.length, 0]);
    expect(await countOf(1)).toBe(metrics.length);
  });

  it('is nothing where carbon can’t be asked: what it wrote is told', async () => {
    await graphite.carbon.stop();
    expect(await countOf(1)).toBe(metrics.length);
  });
});
