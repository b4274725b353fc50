import { measured } from './measured.js';

/** What is assumed of an audience, and of the hosts that there are for it. */
export const assumed = {
  announceSeconds: 30,
  viewersPerStream: 1_000,
  /** Five qualities in each of five browsers. */
  cellsPerStream: 25,
  pointsPerStream: 54,
  /** Partitions of `announces`. */
  partitions: 32,
  /** Brokers, all of which have a copy, and consumer groups of a topic. */
  brokers: 3,
  readers: 2,
  hostCores: 16,
  hostBytesPerSecond: 125_000_000,
  /** Files that a process may open by Linux's own bound; HAProxy has two for each viewer. */
  openFilesMax: 1_048_576,
} as const;

/** On a viewer's way: its own, HAProxy's to the tracker, the tracker's. */
const socketsPerViewer = 3;

/**
 * What so many viewers need, by what was measured of one. Cores are those of all hosts, Graphite's
 * and the portal's apart; memory is of trackers and HAProxy, the kernel's part included; Kafka's
 * bytes are written, copied and read, on all brokers' networks together.
 */
export function paperSize(viewers: number) {
  const { viewersPerCore, bytesPerViewer, bytesPerProcess, kernelBytesPerSocket } = measured;
  const processes = (perCore: number): number => Math.ceil(viewers / perCore);
  const streams = Math.max(1, viewers / assumed.viewersPerStream);
  const announcesPerSecond = viewers / assumed.announceSeconds;
  const trackers = processes(viewersPerCore.tracker);
  const haproxies = processes(assumed.openFilesMax / 2);
  const sockets = viewers * socketsPerViewer;
  const eachBytes = bytesPerViewer.tracker + bytesPerViewer.haproxy;
  return {
    viewers,
    trackers,
    haproxies,
    rollups: processes(viewersPerCore.rollup),
    ingests: processes(viewersPerCore.ingest),
    cores: Object.values(viewersPerCore).reduce((sum, perCore) => sum + viewers / perCore, 0),
    kafkaCores: viewers / viewersPerCore.kafka,
    memoryBytes:
      viewers * eachBytes +
      sockets * kernelBytesPerSocket +
      (trackers + haproxies) * bytesPerProcess,
    sockets,
    announcesPerSecond,
    kafkaBytesPerSecond: kafkaBytesPerSecond(announcesPerSecond, streams),
    clickhouseRowsPerSecond: announcesPerSecond + (streams * assumed.cellsPerStream) / 60,
    graphitePointsPerMinute: streams * assumed.pointsPerStream,
  };
}

/** Each partition of `announces` has a partial of each stream's minute, of its viewers. */
function kafkaBytesPerSecond(announcesPerSecond: number, streams: number): number {
  const { partitions, viewersPerStream, cellsPerStream, brokers, readers } = assumed;
  const cells = Math.min(cellsPerStream, viewersPerStream / partitions);
  const partials = (streams * partitions * cells * measured.cellBytes) / 60;
  const written = announcesPerSecond * measured.announceBytes + partials;
  return written * (brokers + readers);
}
