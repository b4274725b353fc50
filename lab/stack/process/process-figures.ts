import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second for everybody (USER_HZ). */
const ticksPerSecond = 100;
const bytesPerKilobyte = 1_024;
const nanosecondsPerMs = 1e6;

/** CPU seconds of the process so far, of all its threads, user and system. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command's name, which may hold spaces; the third follows its bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  return (userTicks + systemTicks) / ticksPerSecond;
}

/**
 * CPU milliseconds so far of the process's first thread, which in Node runs all JavaScript; to the
 * microsecond.
 */
export function firstThreadCpuMsOf(pid: number): number {
  const [onCpuNanoseconds = ''] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
  return Number(onCpuNanoseconds) / nanosecondsPerMs;
}

/** Times that any thread of the process has given up its core by itself. */
export function wakeUpsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    return sum + Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  }, 0);
}

/** Resident memory of the process now and at its most, in bytes. */
export function residentBytesOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN);
  return {
    now: kilobytes('VmRSS') * bytesPerKilobyte,
    peak: kilobytes('VmHWM') * bytesPerKilobyte,
  };
}
