import { measured } from './measured.js';
import type { Finding, Machine } from './machine.js';
import { megabyte, sizeOf } from './size.js';

const processes = 2;

/** What this host lacks for a rollup and an ingest on it that take all of so many viewers. */
export function checkAggregatorHost(machine: Machine, viewers: number): readonly Finding[] {
  const { viewersPerCore, bytesPerViewer, bytesPerProcess } = measured;
  const cores = viewers / viewersPerCore.rollup + viewers / viewersPerCore.ingest;
  const bytes =
    viewers * (bytesPerViewer.rollup + bytesPerViewer.ingest) + processes * bytesPerProcess;
  return [
    sizeOf('MiB of memory for rollup and ingest', machine.memoryBytes / megabyte, bytes / megabyte),
    sizeOf('cores for rollup and ingest', machine.cores, cores),
  ];
}
