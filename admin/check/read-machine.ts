import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { Machine } from './machine.js';

/** Of a process's capabilities the one that raises hard limits (CAP_SYS_RESOURCE). */
const mayRaiseLimitsBit = 24n;
const pageBytes = 4_096;

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** All of this host's numbers in a file of /proc; one that isn't there bounds nothing. */
function numbers(path: string): readonly number[] {
  return (readText(path) ?? '').trim().split(/\s+/).filter(Boolean).map(Number);
}

function bound(path: string): number {
  return numbers(path)[0] ?? Number.MAX_SAFE_INTEGER;
}

/** The hard limit of a process, which Node.js and HAProxy raise the soft one to. */
export function openFilesMaxOf(limits: string): number {
  const hard = /^Max open files +\S+ +(\d+|unlimited) /m.exec(limits)?.[1];
  if (hard === undefined || hard === 'unlimited') return Number.MAX_SAFE_INTEGER;
  return Number(hard);
}

/** `undefined` for who isn't root, and so can't tell. */
export function mayRaise(status: string, isRoot: boolean): boolean | undefined {
  if (!isRoot) return undefined;
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${capabilities}`) >> mayRaiseLimitsBit) & 1n) === 1n;
}

/** A container may have less than the host; 0 says that it hasn't. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** This host as it is, and the limits of the process `pid`, or of this one. */
export function readMachine(pid: number | 'self'): Machine {
  const [firstLocalPort = 0, lastLocalPort = 65_535] = numbers(
    '/proc/sys/net/ipv4/ip_local_port_range',
  );
  const tracked = numbers('/proc/sys/net/netfilter/nf_conntrack_max')[0];
  const tcpPagesMax = numbers('/proc/sys/net/ipv4/tcp_mem')[2] ?? Number.MAX_SAFE_INTEGER;
  const limits = readText(`/proc/${pid}/limits`) ?? readText('/proc/self/limits') ?? '';
  return {
    cores: availableParallelism(),
    memoryBytes: memoryBytes(),
    openFilesMax: openFilesMaxOf(limits),
    mayRaiseOpenFiles: mayRaise(readText('/proc/self/status') ?? '', process.getuid?.() === 0),
    openFilesCeiling: bound('/proc/sys/fs/nr_open'),
    allOpenFilesMax: bound('/proc/sys/fs/file-max'),
    acceptQueueMax: bound('/proc/sys/net/core/somaxconn'),
    synQueueMax: bound('/proc/sys/net/ipv4/tcp_max_syn_backlog'),
    firstLocalPort,
    lastLocalPort,
    tcpMemoryBytesMax: tcpPagesMax * pageBytes,
    trackedConnectionsMax: tracked,
  };
}
