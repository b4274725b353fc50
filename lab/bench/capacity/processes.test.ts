import { describe, expect, it } from '@jest/globals';
import { machineFiguresOf, processFiguresOf } from './processes.js';

describe('what Linux tells of a process', () => {
  it('is read behind a name with spaces and brackets', () => {
    const stat =
      '4321 (MainThread (x) y) S 1 4300 4300 0 -1 4194560 9 0 0 0 250 50 7 7 20 0 11 0 777 123456 25 1';
    expect(processFiguresOf(stat)).toEqual({
      pid: 4_321,
      group: 4_300,
      cpuSeconds: 3,
      residentBytes: 25 * 4_096,
    });
  });
});

describe('what Linux tells of the machine', () => {
  it('counts all that isn’t idle, and the kernel’s memory', () => {
    const stat = 'cpu  100 200 300 9999 8888 1 99 5 0 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n';
    const memory = 'MemTotal:  1000 kB\nSlab:       592 kB\nSReclaimable: 1 kB\n';
    const sockets = 'sockets: used 1202\nTCP: inuse 914 orphan 0 tw 326 alloc 1148 mem 97\n';
    expect(machineFiguresOf(stat, memory, sockets)).toEqual({
      busySeconds: 7,
      kernelBytes: 592 * 1_024 + 97 * 4_096,
    });
  });
});
