import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CellMinuteRow } from '../../clickhouse/index.js';
import { countersOf } from '../../schemas/index.js';
import { RateLimitedLog } from '../../service/logs.js';
import { silentLogger as logger } from '../../service/testing/silent-logger.js';
import { testCell } from '../testing/cell.js';
import { ClickHouseSink } from './clickhouse-sink.js';
import { carbonSockets, LastingCarbonConnection } from '../../graphite/index.js';
import { nothingSetAside } from '../testing/stage-parts.js';
import { GraphiteSink } from './graphite-sink.js';
import type { MinuteWrite, Sink } from './sink.js';

const intervalMs = 60_000;
const silent = (): void => undefined;

/** A sink on a destination that can go away and come back, and what arrived there. */
interface Harness {
  readonly sink: Sink;
  /** `stream minute viewers` in the order of arrival. */
  readonly arrived: () => string[];
  readonly goAway: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  readonly end: () => Promise<void>;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

function clickHouse(): Promise<Harness> {
  const rows: CellMinuteRow[] = [];
  let isAway = false;
  const sink = new ClickHouseSink({
    insert: ({ cells }) => {
      if (isAway) return Promise.reject(new Error('away'));
      rows.push(...cells);
      return Promise.resolve();
    },
    intervalMs,
    sleep,
    logger,
    rateLimited: new RateLimitedLog(Date.now),
    onError: silent,
    setAside: nothingSetAside,
  });
  return Promise.resolve({
    sink,
    arrived: () =>
      rows.map(({ stream, minute, counts }) => `${stream} ${minute} ${countersOf(counts).viewers}`),
    goAway: () => {
      isAway = true;
      return Promise.resolve();
    },
    comeBack: () => {
      isAway = false;
      return Promise.resolve();
    },
    end: () => sink.close(0),
  });
}

async function graphite(): Promise<Harness> {
  let text = '';
  let port = 0;
  /** Time goes by so much faster. */
  const speed = 100;
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  const listen = async (): Promise<void> => {
    const opened = createServer((socket) => {
      sockets.add(socket);
      socket.setEncoding('utf8').on('data', (data) => (text += String(data)));
      socket.on('error', silent);
    });
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve));
    const address = opened.address();
    if (address !== null && typeof address === 'object') port = address.port;
    server = opened;
  };
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise<void>((resolve) => server?.close(() => resolve()));
  };
  await listen();
  const sink = new GraphiteSink({
    where: 'test',
    askedFacets: () => [],
    connect: (events) =>
      new LastingCarbonConnection({
        ...events,
        open: (socketEvents) => carbonSockets('127.0.0.1', port)(socketEvents),
        after: (delayMs, run) => void setTimeout(run, delayMs / speed).unref(),
        now: () => performance.now() * speed,
      }),
    prefix: 'v',
    intervalMs,
    now: Date.now,
    sleep,
    logger,
    rateLimited: new RateLimitedLog(Date.now),
    onError: silent,
    setAside: nothingSetAside,
  });
  await until(() => sink.problem() === undefined);
  return {
    sink,
    arrived: () =>
      text
        .split('\n')
        .map((line) => /^v\.streams\.([^.]+)\.viewers (\d+) (\d+)$/.exec(line))
        .filter((match) => match !== null)
        .map(([, stream = '', viewers = '', seconds]) => {
          return `${stream} ${(Number(seconds) * 1_000) / intervalMs} ${viewers}`;
        }),
    goAway: async () => {
      await close();
      await until(() => sink.problem() !== undefined);
    },
    comeBack: async () => {
      await listen();
      await until(() => sink.problem() === undefined);
    },
    end: async () => {
      await sink.close(0);
      await close();
    },
  };
}

function writeOf(stream: string, minute: number, viewers: number): MinuteWrite {
  const cells = [testCell({ viewers })];
  return { minute, version: 1, totals: [{ stream, cells }], previous: new Map() };
}

describe.each([
  ['ClickHouse', clickHouse],
  ['Graphite', graphite],
] as const)('the %s sink', (_name, open) => {
  let harness: Harness | undefined;

  afterEach(async () => {
    await harness?.end();
  });

  it('has taken a write for good only after it arrived', async () => {
    harness = await open();
    const { sink, arrived } = harness;
    const receipt = sink.write(writeOf('arena', 28_000_000, 7));
    expect(receipt?.isTaken()).toBe(false);
    await until(() => arrived().length === 1);
    expect(arrived()).toEqual(['arena 28000000 7']);
    await until(() => receipt?.isTaken() === true);
  });

  it('keeps the order of writes', async () => {
    harness = await open();
    const { sink, arrived } = harness;
    for (let viewers = 1; viewers <= 5; viewers += 1) sink.write(writeOf('arena', 7, viewers));
    await until(() => arrived().length === 5);
    expect(arrived()).toEqual([1, 2, 3, 4, 5].map((viewers) => `arena 7 ${viewers}`));
  });

  it('loses nothing while the destination is away: refused, begun anew, or delivered later', async () => {
    harness = await open();
    const { sink, arrived, goAway, comeBack } = harness;
    await goAway();
    const epoch = sink.epoch;
    const receipt = sink.write(writeOf('arena', 7, 3));
    expect(receipt?.isTaken() ?? false).toBe(false);
    await comeBack();
    if (receipt === undefined || sink.epoch !== epoch) sink.write(writeOf('arena', 7, 3));
    await until(() => arrived().length > 0);
    expect(arrived()).toContain('arena 7 3');
  });

  it('tells why it cannot write', async () => {
    harness = await open();
    const { sink, goAway } = harness;
    expect(sink.problem()).toBeUndefined();
    await goAway();
    sink.write(writeOf('arena', 7, 3));
    await until(() => sink.problem() !== undefined);
    expect(sink.problem()).toContain(sink.name === 'graphite' ? 'Graphite' : 'ClickHouse');
  });
});
