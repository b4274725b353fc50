import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  closedMetric,
  facetBase,
  ReadableSeries,
  renderClient,
  tellFacet,
} from '../../graphite/index.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { startGraphite, type GraphiteServers } from '../../lab/stack/servers/graphite.js';
import {
  holdbackVerdicts,
  type HoldbackVerdict,
} from '../../portal-api/metrics/holdback-verdict.js';
import {
  audienceShapes,
  drawAudience,
  emptyParts,
  emptySums,
  type AudienceShape,
  type Sums,
} from '../../portal-api/testing/holdback-audience.js';
import {
  bearer,
  closePortals,
  minuteMs,
  partialPartitions,
  testPortal,
} from '../../portal-api/testing/portal-server.js';
import { cellOf, emptyCell, holdbackPart, type HoldbackGroupName } from '../../schemas/index.js';
import { seededRandom } from '../../service/random.js';
import { eventually } from './testing/ingest-support.js';

const audience = { sessions: 10_000, holdbackPercent: 10, startupFactor: 1, bitrateFactor: 1 };
const tenMinutesMs = 600_000;

/** One group's sums, by part and minute. */
class Group {
  readonly parts = emptyParts();
  readonly minutes = new Map<string, Sums>();

  at(part: number, minute: number): Sums {
    const place = `${part} ${minute}`;
    const sums = this.minutes.get(place) ?? emptySums();
    this.minutes.set(place, sums);
    return sums;
  }

  /** What is counted is whole, and a part is what its minutes are together. */
  addUp(): void {
    for (const [place, sums] of this.minutes) {
      const part = this.parts[Number(place.split(' ')[0])];
      for (const name of Object.keys(sums) as (keyof Sums)[]) {
        sums[name] = Math.round(sums[name]);
        if (part !== undefined) part[name] += sums[name];
      }
    }
  }

  lines(stream: string, name: HoldbackGroupName, fromMs: number): string[] {
    return [...this.minutes].flatMap(([place, sums]) => {
      const [part = 0, minute = 0] = place.split(' ').map(Number);
      const facet = { facet: 'holdback_part', value: holdbackPart(name, part) };
      const { counts } = cellOf({ ...emptyCell('720p', 'Chrome'), ...sums });
      const base = facetBase('viblast', stream, facet.facet, facet.value);
      const seconds = fromMs / 1_000 + minute * 60;
      const lines: string[] = [];
      tellFacet({ ...facet, counts }, minuteMs, (metric, value) => {
        lines.push(`${base}${metric} ${value} ${seconds}`);
      });
      return lines;
    });
  }
}

function drawGroups(shape: AudienceShape, stallFactor: number) {
  const groups = { withPeers: new Group(), heldBack: new Group() };
  const random = seededRandom(5);
  drawAudience({ ...audience, shape, stallFactor }, random, (isHeldBack, part, minute) =>
    groups[isHeldBack ? 'heldBack' : 'withPeers'].at(part, minute),
  );
  groups.withPeers.addUp();
  groups.heldBack.addUp();
  return groups;
}

/** Through carbon and graphite-web with the shipped archives, and the readers of the route. */
describe('the verdict that the portal tells of a holdback', () => {
  const supervisor = new Supervisor();
  let graphite: GraphiteServers;

  beforeAll(async () => {
    graphite = await startGraphite(supervisor, 60);
  }, 180_000);

  afterAll(async () => {
    await closePortals();
    await supervisor.close(5_000);
  }, 60_000);

  async function write(lines: readonly string[]): Promise<void> {
    const [host = '', port = ''] = graphite.plaintext.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    socket.end(lines.map((line) => `${line}\n`).join(''));
    await once(socket, 'close');
  }

  it.each([
    ['minutes', 'a match of two hours to which everybody stays', 0.8, 'better'],
    ['ten-minute points', 'a day of which five hours have most', 1.2, 'worse'],
  ] as const)('of %s is that of all sessions: %s', async (_points, name, stallFactor, expected) => {
    const shape = audienceShapes[name];
    const nowMs = Date.now();
    const untilMs = Math.floor(nowMs / tenMinutesMs - 3) * tenMinutesMs;
    const fromMs = untilMs - shape.minutes * minuteMs;
    const { withPeers, heldBack } = drawGroups(shape, stallFactor);
    const stream = `holdback-${shape.minutes}`;
    const closed = Array.from({ length: shape.minutes }, (_, minute) =>
      Array.from({ length: partialPartitions }, (_one, partition) => {
        const seconds = fromMs / 1_000 + minute * 60;
        return `${closedMetric('viblast', partition)} 1 ${seconds}`;
      }),
    );
    await write([
      ...closed.flat(),
      ...withPeers.lines(stream, 'with_peers', fromMs),
      ...heldBack.lines(stream, 'held_back', fromMs),
    ]);
    const client = renderClient({ url: graphite.render, timeoutMs: 30_000 });
    const ofSessions = holdbackVerdicts(withPeers.parts, heldBack.parts);
    await eventually('the verdict is that of all that was written', async () => {
      // Each of its own: what a portal has read of past minutes it keeps.
      const portal = await testPortal({}, new ReadableSeries(client, () => nowMs).columns);
      portal.nowMs = fromMs;
      portal.catalog.put({ key: stream, options: { graphiteFacets: ['holdback'] } });
      portal.nowMs = nowMs;
      const url = `/api/v1/streams/${stream}/holdback?from=${fromMs}&until=${untilMs}`;
      const answer = await portal.app.inject({ url, headers: bearer });
      const { verdicts } = answer.json<{ verdicts: HoldbackVerdict[] }>();
      expect(verdicts).toEqual(
        ofSessions.map((one) => ({
          ...one,
          difference: closeTo(one.difference),
          low: closeTo(one.low),
          high: closeTo(one.high),
        })),
      );
      return true;
    });
    expect(ofSessions[0]).toMatchObject({ figure: 'stall_ratio', verdict: expected });
  });
});

function closeTo(value: number | null): unknown {
  return expect.closeTo(value ?? NaN, 9);
}
