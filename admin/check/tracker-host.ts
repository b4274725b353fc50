import { measured } from './measured.js';
import type { Finding, Machine } from './machine.js';
import { megabyte, sizeOf } from './size.js';

/** As the tracker counts at its start: docs/operating-trackers.md#files-and-sockets. */
const otherFilesOfTracker = 384;
const otherFilesOfProxy = 500;
/** A viewer's connection to HAProxy, and both ends of that to the tracker. */
const socketsPerViewer = 3;
const filesPerViewerOfProxy = 2;
/** Connections that are tracked, each with those that have just ended. */
const connectionsPerViewer = 2.2;
/** Ports of connections that have just ended are not free yet. */
const portsPerViewer = 1.1;
/** A socket that waits for nothing may still have a page in its queues. */
const queuedBytesPerSocket = 4_096;
/** What trackers ask for when they listen (service/admin-server.ts). */
const acceptQueue = 4_096;

/**
 * As many trackers as have the cores for all viewers, and the files where those can't be more; no
 * fewer than `processes`.
 */
export function trackersFor(machine: Machine, viewers: number, processes = 1): number {
  const byCores = Math.ceil(viewers / measured.viewersPerCore.tracker);
  const byFiles =
    machine.mayRaiseOpenFiles === false ? processesByFiles(machine, viewers) : byCores;
  return Math.max(processes, byCores, byFiles);
}

function processesByFiles({ openFilesMax }: Machine, viewers: number): number {
  return Math.ceil(viewers / Math.max(1, openFilesMax - otherFilesOfTracker));
}

function openFiles(machine: Machine, viewers: number, processes: number): Finding {
  const each = Math.ceil(viewers / processes);
  const needs = each + otherFilesOfTracker;
  const what = `open files of a tracker (${processes} processes, ${each} viewers each)`;
  const instead = `run ${processesByFiles(machine, viewers)} processes`;
  const ceiling = ceilingChange(machine, needs);
  const raise = `LimitNOFILE=${needs} (systemd) or deploy/limits.conf${ceiling}`;
  return {
    what,
    has: machine.openFilesMax,
    needs,
    change: needs <= machine.openFilesMax ? undefined : raiseOr(machine, raise, instead),
  };
}

/** A tracker uses one core. */
function oneCore(viewers: number, processes: number): Finding {
  const { tracker: perCore } = measured.viewersPerCore;
  const needs = Math.ceil(viewers / processes);
  return {
    what: 'viewers that a tracker has the core for',
    has: perCore,
    needs,
    change: needs <= perCore ? undefined : `run ${Math.ceil(viewers / perCore)} processes`,
  };
}

function proxyFiles(machine: Machine, viewers: number): Finding {
  const needs = viewers * filesPerViewerOfProxy + otherFilesOfProxy;
  const perProxy = Math.floor((machine.openFilesMax - otherFilesOfProxy) / filesPerViewerOfProxy);
  const instead = `run ${Math.ceil(viewers / Math.max(1, perProxy))} HAProxies`;
  const raise = `LimitNOFILE=${needs} and fd-hard-limit of HAProxy${ceilingChange(machine, needs)}`;
  return {
    what: 'open files of HAProxy',
    has: machine.openFilesMax,
    needs,
    change: needs <= machine.openFilesMax ? undefined : raiseOr(machine, raise, instead),
  };
}

function raiseOr({ mayRaiseOpenFiles }: Machine, raise: string, instead: string): string {
  if (mayRaiseOpenFiles === false) return `it can't be raised here: ${instead} instead`;
  return mayRaiseOpenFiles ? raise : `${raise}; where it can't be raised, ${instead} instead`;
}

function ceilingChange({ openFilesCeiling }: Machine, needs: number): string {
  return needs <= openFilesCeiling ? '' : `, and before it sysctl fs.nr_open=${needs}`;
}

function sysctl(name: string, has: number, needs: number): Finding {
  return { what: name, has, needs, change: has >= needs ? undefined : `sysctl ${name}=${needs}` };
}

function localPorts({ firstLocalPort, lastLocalPort }: Machine, each: number): Finding {
  const [first, last] = [10_000, 65_535];
  const needs = Math.ceil(each * portsPerViewer);
  const has = lastLocalPort - firstLocalPort + 1;
  const range = `sysctl net.ipv4.ip_local_port_range="${first} ${last}"`;
  return {
    what: 'ports of HAProxy to one tracker (net.ipv4.ip_local_port_range)',
    has,
    needs,
    change: has >= needs ? undefined : range,
  };
}

function cores(machine: Machine, viewers: number): Finding {
  const { tracker, haproxy } = measured.viewersPerCore;
  return sizeOf(
    'cores for trackers and HAProxy',
    machine.cores,
    viewers / tracker + viewers / haproxy,
  );
}

function memory(machine: Machine, viewers: number, processes: number): Finding {
  const { bytesPerViewer, bytesPerProcess, kernelBytesPerSocket } = measured;
  const each =
    bytesPerViewer.tracker + bytesPerViewer.haproxy + socketsPerViewer * kernelBytesPerSocket;
  const needs = viewers * each + (processes + 1) * bytesPerProcess;
  const what = 'MiB of memory for trackers and HAProxy';
  return sizeOf(what, machine.memoryBytes / megabyte, needs / megabyte);
}

function tcpMemory(hasBytes: number, needsBytes: number): Finding {
  const needs = Math.ceil(needsBytes / megabyte);
  const pages = Math.ceil(needsBytes / queuedBytesPerSocket);
  return {
    what: 'MiB that all sockets may hold (net.ipv4.tcp_mem)',
    has: Math.floor(hasBytes / megabyte),
    needs,
    change:
      hasBytes >= needsBytes
        ? undefined
        : `sysctl net.ipv4.tcp_mem="${Math.ceil(pages / 2)} ${Math.ceil(pages * 0.75)} ${pages}"`,
  };
}

/**
 * What this host lacks for so many viewers on trackers of its own behind HAProxy on it. Without
 * `processes` as many trackers as they need.
 */
export function checkTrackerHost(
  machine: Machine,
  viewers: number,
  processes?: number,
): readonly Finding[] {
  // Asked with what can't be, the answer says what instead; the rest is for that.
  const planned = processes ?? Math.ceil(viewers / measured.viewersPerCore.tracker);
  const needed = trackersFor(machine, viewers, processes);
  const tcpBytes = viewers * socketsPerViewer * queuedBytesPerSocket;
  const tracked = machine.trackedConnectionsMax;
  return [
    oneCore(viewers, planned),
    openFiles(machine, viewers, planned),
    proxyFiles(machine, viewers),
    sysctl('fs.file-max', machine.allOpenFilesMax, viewers * (socketsPerViewer + 1)),
    sysctl('net.core.somaxconn', machine.acceptQueueMax, acceptQueue),
    sysctl('net.ipv4.tcp_max_syn_backlog', machine.synQueueMax, acceptQueue),
    localPorts(machine, Math.ceil(viewers / needed)),
    tcpMemory(machine.tcpMemoryBytesMax, tcpBytes),
    ...(tracked === undefined
      ? []
      : [
          sysctl(
            'net.netfilter.nf_conntrack_max',
            tracked,
            Math.round(viewers * connectionsPerViewer),
          ),
        ]),
    memory(machine, viewers, needed),
    cores(machine, viewers),
  ];
}
