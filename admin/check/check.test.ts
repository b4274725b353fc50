import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../service/package-root.js';
import { checkAggregatorHost } from './aggregator-host.js';
import type { Finding, Machine } from './machine.js';
import { measured } from './measured.js';
import { mayRaise, openFilesMaxOf } from './read-machine.js';
import { checkTrackerHost } from './tracker-host.js';
import { checkTrackerSettings } from './tracker-settings.js';

/** A large host that is set up for everything. */
const large: Machine = {
  cores: 64,
  memoryBytes: 256 * 2 ** 30,
  openFilesMax: 1_048_576,
  mayRaiseOpenFiles: true,
  openFilesCeiling: 1_048_576,
  allOpenFilesMax: 4_194_304,
  acceptQueueMax: 4_096,
  synQueueMax: 8_192,
  firstLocalPort: 10_000,
  lastLocalPort: 65_535,
  tcpMemoryBytesMax: 8 * 2 ** 30,
  trackedConnectionsMax: undefined,
};

function changes(findings: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(
    findings.flatMap(({ what, change }) => (change === undefined ? [] : [[what, change]])),
  );
}

function changesOf(machine: Partial<Machine>, viewers = 100_000, processes?: number) {
  return changes(checkTrackerHost({ ...large, ...machine }, viewers, processes));
}

describe('checkTrackerHost', () => {
  it('finds nothing to change on a host that has what the viewers need', () => {
    expect(changesOf({})).toEqual({});
    expect(changesOf({}, 100_000, 3)).toEqual({});
  });

  it.each<[string, Partial<Machine>, RegExp]>([
    ['fs.file-max', { allOpenFilesMax: 100_000 }, /sysctl fs.file-max=400000/],
    ['net.core.somaxconn', { acceptQueueMax: 128 }, /=4096/],
    ['net.ipv4.tcp_max_syn_backlog', { synQueueMax: 512 }, /=4096/],
    ['ip_local_port_range', { firstLocalPort: 32_768, lastLocalPort: 60_999 }, /="10000 65535"/],
    ['tcp_mem', { tcpMemoryBytesMax: 2 ** 28 }, /tcp_mem="\d+ \d+ \d+"/],
    ['nf_conntrack_max', { trackedConnectionsMax: 65_536 }, /=220000/],
    ['memory', { memoryBytes: 2 ** 30 }, /a larger host, or 6 of this size/],
    ['cores', { cores: 2 }, /a larger host, or 2 of this size/],
  ])('says what to change where %s is not enough, and of nothing else', (what, machine, change) => {
    const found = Object.entries(changesOf(machine));
    expect(found).toHaveLength(1);
    expect(found[0]?.[0]).toContain(what);
    expect(found[0]?.[1]).toMatch(change);
  });

  it('raises the limit of open files where that can be', () => {
    const found = Object.values(changesOf({ openFilesMax: 20_000 }));
    expect(found).toEqual([
      expect.stringContaining('LimitNOFILE=33718'),
      expect.stringContaining('LimitNOFILE=200500'),
    ]);
    expect(found.join()).not.toContain('instead');
  });

  it('says first to raise what bounds the limit', () => {
    const found = Object.values(changesOf({ openFilesMax: 1_024, openFilesCeiling: 65_536 }));
    expect(found[0]).not.toContain('nr_open');
    expect(found[1]).toContain('fs.nr_open=200500');
  });

  it('says how many processes it means where the limit can’t be raised', () => {
    const machine = { openFilesMax: 20_000, mayRaiseOpenFiles: false };
    const found = Object.values(changesOf(machine));
    expect(found).toEqual([
      "it can't be raised here: run 6 processes instead",
      "it can't be raised here: run 11 HAProxies instead",
    ]);
    const withSix = Object.keys(changesOf(machine, 100_000, 6));
    expect(withSix).toEqual(['open files of HAProxy']);
  });

  it('says both to who can’t tell', () => {
    const found = changesOf({ openFilesMax: 1_024, mayRaiseOpenFiles: undefined }, 10_000);
    expect(Object.values(found)[0]).toMatch(
      /LimitNOFILE=10384 .* can't be raised, run 16 processes/,
    );
  });

  it('says that a process needs more than its core', () => {
    expect(Object.values(changesOf({}, 100_000, 2))).toContain('run 3 processes');
  });

  it('knows a range of ports that is enough for as many viewers as a process has the core for', () => {
    expect(changesOf({}, measured.viewersPerCore.tracker)).toEqual({});
  });
});

describe('checkTrackerSettings', () => {
  const settings = {
    sockets_max: 10_000,
    stop_deadline_seconds: 60,
    drain_seconds: 5,
    drain_sockets_per_second: 500,
  };

  it('finds nothing to change where each tracker takes as many viewers as it is to have', () => {
    expect(changes(checkTrackerSettings(settings, 10_000))).toEqual({});
  });

  it('says how many it has to take, and how long it then takes to send them away', () => {
    expect(Object.values(changes(checkTrackerSettings(settings, 33_334)))).toEqual([
      'set sockets_max to 33334',
      'set stop_deadline_seconds to 80, or drain_sockets_per_second higher',
    ]);
  });
});

describe('checkAggregatorHost', () => {
  it('counts cores and memory', () => {
    expect(changes(checkAggregatorHost(large, 1_000_000))).toEqual({});
    const small = { ...large, cores: 2, memoryBytes: 2 ** 30 };
    expect(Object.keys(changes(checkAggregatorHost(small, 1_000_000)))).toHaveLength(2);
  });
});

describe('what was measured', () => {
  const page = readFileSync(join(packageRoot(), 'docs', 'benchmarks.md'), 'utf8');

  /** Viewers a core, and bytes a viewer, as the page has them of a part. */
  function rowOf(part: string): readonly [number, number] {
    const row = page.split('\n').find((line) => line.startsWith(`| ${part}`)) ?? '';
    const cells = row.split('|').map((cell) => Number(cell.replaceAll(' ', '')));
    return [cells[4] ?? 0, cells[6] ?? 0];
  }

  it.each([
    ['Kafka', 'kafka'],
    ['ClickHouse', 'clickhouse'],
  ] as const)('promises no more viewers a core of %s either', (part, name) => {
    expect(measured.viewersPerCore[name]).toBeLessThanOrEqual(rowOf(part)[0]);
  });

  it.each([
    ['trackers', 'tracker'],
    ['HAProxy', 'haproxy'],
    ['rollup', 'rollup'],
    ['ingest', 'ingest'],
  ] as const)('promises no more of %s than docs/benchmarks.md', (part, name) => {
    const [viewersPerCore, bytesPerViewer] = rowOf(part);
    expect(measured.viewersPerCore[name]).toBeLessThanOrEqual(viewersPerCore);
    expect(measured.bytesPerViewer[name]).toBeGreaterThanOrEqual(bytesPerViewer);
  });
});

describe('readMachine', () => {
  it('reads the hard limit of open files', () => {
    const line = (hard: string): string =>
      `Max open files            1024      ${hard}    files \n`;
    expect(openFilesMaxOf(line('20000'))).toBe(20_000);
    expect(openFilesMaxOf(line('unlimited'))).toBe(Number.MAX_SAFE_INTEGER);
    expect(openFilesMaxOf('')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('knows of root alone whether it may raise that', () => {
    expect(mayRaise('CapEff:\t000001ffffffffff\n', true)).toBe(true);
    expect(mayRaise('CapEff:\t000001fffeffffff\n', true)).toBe(false);
    expect(mayRaise('CapEff:\t0000000000000000\n', false)).toBeUndefined();
  });
});
