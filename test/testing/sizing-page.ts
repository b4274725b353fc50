import { measured } from '../../admin/check/measured.js';
import { assumed, paperSize } from '../../admin/check/paper-size.js';
import { nextWall, walls } from '../../admin/check/walls.js';
import { markdownTable } from './generated-page.js';

const sizes = [1_000, 20_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000, 10_000_000];

/** `12 345 678`, with two digits that count where it is computed. */
function rounded(value: number, digits = 2): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) + 1 - digits);
  return grouped(Math.round(value / step) * step);
}

function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value < 10 ? value.toPrecision(1) : rounded(value);
}

function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** What so many viewers need, a row for each size. */
function sizesTable(): string {
  const head = ['viewers', 'trackers', 'HAProxies', 'rollups', 'ingests', 'cores in all'];
  head.push('of them Kafka', 'GiB before Kafka', 'sockets', 'announces a second');
  head.push('Kafka MB/s', 'ClickHouse rows a second', 'Graphite points a minute');
  const rows = sizes.map((viewers) => {
    const size = paperSize(viewers);
    return [
      grouped(viewers),
      grouped(size.trackers),
      grouped(size.haproxies),
      grouped(size.rollups),
      grouped(size.ingests),
      rounded(Math.ceil(size.cores)),
      rounded(Math.ceil(size.kafkaCores)),
      rounded(Math.ceil(size.memoryBytes / 2 ** 30)),
      rounded(size.sockets),
      rounded(size.announcesPerSecond),
      megabytes(size.kafkaBytesPerSecond),
      rounded(size.clickhouseRowsPerSecond),
      rounded(size.graphitePointsPerMinute),
    ];
  });
  return markdownTable(head, rows);
}

/** What each of these sizes runs into next. */
function nextWallsTable(): string {
  const rows = sizes.map((viewers) => {
    const wall = nextWall(viewers);
    return [grouped(viewers), rounded(wall?.viewers ?? 0), wall?.what ?? '', wall?.remedy ?? ''];
  });
  return markdownTable(['with', 'the next wall is at', 'because', 'what to do'], rows);
}

function wallsTable(): string {
  const rows = walls.map(({ viewers, what, remedy }) => [rounded(viewers), what, remedy]);
  return markdownTable(['viewers', 'wall', 'what to do'], rows);
}

/** docs/sizing.md. */
export function sizingPage(): string {
  const { viewersPerCore, announceBytes, cellBytes } = measured;
  const { announceSeconds, viewersPerStream, hostCores } = assumed;
  return `# How large

What so many viewers need, on paper: computed by \`admin/check/paper-size.ts\` from what was measured of one machine ([benchmarks](benchmarks.md#capacity)), and
written here by a test. Nothing above 50 000 viewers was run as a whole; \`npm run bench:capacity\` on your own hosts says more. \`vbt check --viewers N\` compares a host
with what is needed of it ([install](install.md#this-host)), [architectures](architectures.md) says which parts stand where.

Assumed are an announce each ${announceSeconds} s (\`announce_interval_seconds\`, whose default of 10 asks for up to three times as much of all behind the trackers), ${grouped(viewersPerStream)} viewers a stream in 5 qualities and 5 browsers, ${assumed.partitions} partitions, ${assumed.brokers} brokers that all have a copy, hosts of
${hostCores} cores with 1 Gbit/s, and a limit of open files of 1 048 576. Measured are viewers a core (tracker ${grouped(viewersPerCore.tracker)}, HAProxy ${grouped(viewersPerCore.haproxy)}, Kafka ${grouped(viewersPerCore.kafka)}, rollup
${grouped(viewersPerCore.rollup)}, ingest ${grouped(viewersPerCore.ingest)}, ClickHouse ${grouped(viewersPerCore.clickhouse)}), memory, ${announceBytes} bytes an announce and ${cellBytes} bytes a cell in Kafka.

${sizesTable()}

These are figures of a machine that is full. Plan for half of them: viewers come back all at once after a fault, and the parts that are left take what a lost one had.
Graphite isn't counted in cores: carbon was never the busy part in what was run, and takes points, not viewers, so it is the number of streams that counts.
The network to viewers isn't either: signaling was measured in CPU alone.

## The next wall

${nextWallsTable()}

## All of them

${wallsTable()}

At 10 million viewers what is behind the last rows has been passed by a large step: ${grouped(paperSize(10_000_000).trackers)} trackers on ${grouped(Math.ceil((10_000_000 * (1 / viewersPerCore.tracker + 1 / viewersPerCore.haproxy)) / hostCores))} hosts, ${grouped(paperSize(10_000_000).haproxies)} HAProxies, a Kafka of more than three brokers and more partitions than
the default. Before that it is simpler to have several clusters, each with a part of the streams: nothing is shared between streams but the figures over all, which are sums.
`;
}
