import { measured } from './measured.js';
import { assumed, paperSize } from './paper-size.js';

/** What an audience runs into as it grows. */
export interface Wall {
  /** More viewers than these don't fit. */
  readonly viewers: number;
  readonly what: string;
  readonly remedy: string;
}

const { viewersPerCore, swarmBytesPerSecond } = measured;
const { hostCores, hostBytesPerSecond, partitions, brokers } = assumed;

/** By the cores that a viewer takes on one host of trackers and HAProxy. */
const coresPerViewer = 1 / viewersPerCore.tracker + 1 / viewersPerCore.haproxy;

/** Bytes a second are nearly proportional to viewers: of a large audience this is exact enough. */
const large = 10_000_000;
const kafkaBytesPerViewer = paperSize(large).kafkaBytesPerSecond / large;

/** All that is known, the nearest first. */
export const walls: readonly Wall[] = [
  {
    viewers: viewersPerCore.tracker,
    what: 'a tracker has one core',
    remedy: 'one tracker a core, behind HAProxy',
  },
  {
    viewers: viewersPerCore.rollup,
    what: 'a rollup has one core',
    remedy: 'more rollups: they share the partitions out',
  },
  {
    viewers: viewersPerCore.ingest,
    what: 'an ingest has one core',
    remedy: 'more ingests: they share the partitions out',
  },
  {
    viewers: hostCores / coresPerViewer,
    what: `a host of ${hostCores} cores is full of trackers and HAProxy`,
    remedy: 'more hosts of trackers, which HAProxy finds by name',
  },
  {
    viewers: assumed.openFilesMax / 2,
    what: 'a HAProxy has two files for each viewer, of 1 048 576',
    remedy: 'more HAProxies, by DNS or a balancer of level 4 before them',
  },
  {
    viewers: hostCores * brokers * viewersPerCore.kafka,
    what: `${brokers} brokers of ${hostCores} cores are busy`,
    remedy: 'more brokers, and partitions moved to them (kafka-reassign-partitions)',
  },
  {
    viewers: partitions * viewersPerCore.rollup,
    what: `${partitions} partitions can have no more than ${partitions} rollups`,
    remedy: 'set up with 128 from the beginning: it can never be changed',
  },
  {
    viewers: hostCores * viewersPerCore.clickhouse,
    what: `a ClickHouse of ${hostCores} cores is busy with raw announces`,
    remedy: 'a second cluster for a part of the streams, or a larger host',
  },
  {
    viewers: viewersPerCore.tracker * Math.sqrt(hostBytesPerSecond / swarmBytesPerSecond),
    what: 'every tracker reads what all tell of small streams, from one broker at 1 Gbit/s',
    remedy: 'a faster network of the brokers, or a second cluster for a part of the streams',
  },
  {
    viewers: (hostBytesPerSecond * brokers) / kafkaBytesPerViewer,
    what: `${brokers} brokers at 1 Gbit/s each have their networks full`,
    remedy: 'more brokers, or a faster network',
  },
].toSorted((one, other) => one.viewers - other.viewers);

/** What so many viewers, growing, run into next. */
export function nextWall(viewers: number): Wall | undefined {
  return walls.find((wall) => wall.viewers > viewers);
}
