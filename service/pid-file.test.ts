import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  processIdentity,
  readPidFile,
  removePidFile,
  writePidFile,
  type RunningService,
} from './pid-file.js';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viblast-pid-'));
  path = join(folder, 'tracker.pid');
});
afterEach(() => rmSync(folder, { recursive: true }));

function ours(changes: Partial<RunningService> = {}): RunningService {
  return {
    pid: process.pid,
    identity: processIdentity(process.pid) ?? '',
    node: 'tracker-1',
    admin: '127.0.0.1:2920',
    stopDeadlineSeconds: 60,
    program: '/opt/viblast/lib/1',
    ...changes,
  };
}

describe('a pid file', () => {
  it('names a living process, by the pid alone in its first line', () => {
    writePidFile(path, ours());
    expect(readPidFile(path)).toEqual({ kind: 'alive', running: ours() });
    expect(readFileSync(path, 'utf8').split('\n')[0]).toBe(String(process.pid));
  });

  it('is of a dead one when another process has its pid, in this boot or another', () => {
    const { pid } = process;
    for (const identity of ['', 'another-boot 1', `${processIdentity(pid)}0`]) {
      writePidFile(path, ours({ identity }));
      expect(readPidFile(path)).toEqual({ kind: 'dead', pid });
    }
  });

  it('is of a dead one when its process has ended, and before anybody has waited for that', async () => {
    const script = 'sleep 0.01 & echo $!; exec sleep 60';
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    while (processIdentity(pid) !== undefined) await new Promise((next) => setTimeout(next, 5));
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    writePidFile(path, ours({ pid }));
    expect(readPidFile(path)).toEqual({ kind: 'dead', pid });
    parent.kill();
    await once(parent, 'close');
  });

  it('is none where there is none, and unreadable where something else is written', () => {
    expect(readPidFile(path)).toEqual({ kind: 'none' });
    for (const text of ['', `${process.pid}\n`, 'x\n{}\n', `1\n${JSON.stringify(ours())}\n`]) {
      writeFileSync(path, text);
      expect(readPidFile(path)).toMatchObject({ kind: 'unreadable' });
    }
    expect(readPidFile(folder)).toMatchObject({ kind: 'unreadable' });
  });

  it('is removed by the process that it names alone', () => {
    writePidFile(path, ours());
    removePidFile(path, process.pid + 1);
    expect(existsSync(path)).toBe(true);
    removePidFile(path, process.pid);
    expect(existsSync(path)).toBe(false);
    removePidFile(path, process.pid);
  });
});
