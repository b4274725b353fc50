import { describe, expect, it } from '@jest/globals';
import { RateLimitedLog } from '../../service/logs.js';
import { silentLogger as logger } from '../../service/testing/silent-logger.js';
import type { CarbonConnection, ConnectionEvents } from '../../graphite/index.js';
import type { UnusableMinute } from '../set-aside.js';
import { testCell } from '../testing/cell.js';
import { GraphiteSink } from './graphite-sink.js';
import type { StreamTotal } from '../totals/minute-totals.js';

function carbon(write: (lines: string) => void): CarbonConnection {
  return {
    epoch: 0,
    isReady: true,
    isFlushed: true,
    write: (lines) => {
      write(lines);
      return { isTaken: () => true };
    },
    close: () => undefined,
  };
}

const parts = {
  where: 'test',
  prefix: 'v',
  intervalMs: 60_000,
  now: () => 0,
  sleep: () => Promise.resolve(),
  logger,
  rateLimited: new RateLimitedLog(() => 0),
  onError: () => undefined,
};

/** The lines of a minute of these streams; that of `cursed` can't be encoded. */
function linesOf(streams: readonly string[]) {
  let lines = '';
  const setAside: UnusableMinute[] = [];
  const sink = new GraphiteSink({
    ...parts,
    connect: () => carbon((text) => (lines += text)),
    askedFacets: (stream) => {
      if (stream === 'cursed') throw new Error('no way');
      return [];
    },
    setAside: (one) => setAside.push(one),
  });
  const network = { facet: 'network', value: 'AS1', counts: [0, 1] };
  const facets = { countMax: 1, add: () => [network] };
  const totals = streams.map((stream): StreamTotal => ({ stream, cells: [testCell()], facets }));
  sink.write({ minute: 1, version: 1, totals, previous: new Map(), closedBy: 3 });
  return { lines, setAside };
}

describe('the Graphite sink', () => {
  it('tells that a minute is closed, as the last of it', () => {
    const { lines, setAside } = linesOf(['arena']);
    expect(lines).toMatch(/^v\.streams\.arena\..*\nv\.progress\.[^\n]*3[^\n]* 1 60\n$/s);
    expect(setAside).toEqual([]);
  });

  it('does not tell that a minute is closed of which a stream is set aside: that is no 0', () => {
    const { lines, setAside } = linesOf(['arena', 'cursed']);
    expect(lines).toContain('v.streams.arena.');
    expect(lines).not.toContain('v.progress.');
    expect(setAside).toMatchObject([{ where: 'graphite', stream: 'cursed', minute: 1 }]);
  });

  it('has a problem while carbon takes no new connection, and counts it', () => {
    let events: ConnectionEvents | undefined;
    let errors = 0;
    const sink = new GraphiteSink({
      ...parts,
      connect: (told) => {
        events = told;
        return carbon(() => undefined);
      },
      askedFacets: () => [],
      setAside: () => undefined,
      onError: () => (errors += 1),
    });
    events?.onConnected();
    expect(sink.problem()).toBeUndefined();
    events?.onNotRenewed('no new connection for 60 s: refused');
    expect([sink.problem(), errors]).toEqual(['Graphite: no new connection for 60 s: refused', 1]);
    events?.onRenewed();
    expect([sink.problem(), errors]).toEqual([undefined, 1]);
  });
});
