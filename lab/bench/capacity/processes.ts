import { readdirSync, readFileSync } from 'node:fs';

/** What one process of the machine has used. */
export interface ProcessFigures {
  readonly pid: number;
  /** The process that leads its group: servers have workers. */
  readonly group: number;
  /** Of all its threads, user and system, since its start. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** What the machine has used beside its processes' own. */
export interface MachineFigures {
  /** Of all cores since it was started. */
  readonly busySeconds: number;
  /** Of the kernel: its objects, and what waits in TCP. */
  readonly kernelBytes: number;
}

export interface Snapshot {
  readonly atMs: number;
  readonly processes: readonly ProcessFigures[];
  readonly machine: MachineFigures;
}

/** Linux counts time in hundredths of a second for everybody (USER_HZ). */
const ticksPerSecond = 100;
const pageBytes = 4_096;
const bytesPerKilobyte = 1_024;

/** The line of /proc/PID/stat, see proc_pid_stat(5). */
export function processFiguresOf(stat: string): ProcessFigures {
  // The second field is the command's name, which may hold spaces; the third follows its bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid: Number.parseInt(stat, 10),
    group: field(5),
    cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
    residentBytes: field(24) * pageBytes,
  };
}

/** The texts of /proc/stat, /proc/meminfo and /proc/net/sockstat. */
export function machineFiguresOf(stat: string, memory: string, sockets: string): MachineFigures {
  const [user = 0, nice = 0, system = 0, , , hardInterrupts = 0, softInterrupts = 0] =
    /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  const kilobytes = Number(/^Slab: +(\d+) kB$/m.exec(memory)?.[1] ?? Number.NaN);
  const tcpPages = Number(/^TCP: .* mem (\d+)$/m.exec(sockets)?.[1] ?? Number.NaN);
  const ticks = user + nice + system + hardInterrupts + softInterrupts;
  return {
    busySeconds: ticks / ticksPerSecond,
    kernelBytes: kilobytes * bytesPerKilobyte + tcpPages * pageBytes,
  };
}

/** Of the machine as it is now. */
export function takeSnapshot(): Snapshot {
  const processes = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = readOrNothing(`/proc/${name}/stat`);
    return stat === undefined ? [] : [processFiguresOf(stat)];
  });
  const [stat, memory, sockets] = ['stat', 'meminfo', 'net/sockstat'].map((name) =>
    readFileSync(`/proc/${name}`, 'utf8'),
  );
  const machine = machineFiguresOf(stat ?? '', memory ?? '', sockets ?? '');
  return { atMs: performance.now(), processes, machine };
}

/** A process may end while it is looked at. */
function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** How many files a process that this one starts may have open. */
export function openFilesMax(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const hard = /^Max open files +\S+ +(\S+)/m.exec(limits)?.[1] ?? '';
  return hard === 'unlimited' ? Infinity : Number(hard);
}
