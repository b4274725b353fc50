import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { packageRoot } from '../../service/package-root.js';
import { waitUntil } from '../../lab/stack/process/wait-until.js';
import { ProgramRoot } from './testing/programs.js';

jest.setTimeout(120_000);

let root: ProgramRoot;
const children: ChildProcess[] = [];
beforeEach(async () => {
  root = new ProgramRoot();
  await root.write();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await root.remove();
});

async function codeOf(program: 'vbt' | 'vba', ...args: readonly string[]): Promise<number | null> {
  return (await root.run(program, ...args)).code;
}

function readSettings(service: string): Record<string, unknown> {
  return JSON.parse(readFileSync(root.path('etc', `${service}.json`), 'utf8')) as Record<
    string,
    unknown
  >;
}

async function kill(name: string): Promise<void> {
  process.kill(root.pid(name), 'SIGKILL');
  await waitUntil(() => Promise.resolve(root.pidFile(name).kind === 'dead' || 'it lives'), 10_000);
}

describe('vbt', () => {
  it('starts, answers, restarts and stops a tracker, and says each by its exit code', async () => {
    expect(await root.run('vbt', 'status')).toMatchObject({ code: 3 });
    expect(await root.run('vbt', 'ping')).toMatchObject({ code: 7 });
    const started = await root.run('vbt', 'start');
    expect(started).toEqual({
      code: 0,
      output: `tracker is started (pid ${root.pid('tracker')})\n`,
    });
    const pid = root.pid('tracker');
    expect(await root.run('vbt', 'ping')).toEqual({ code: 0, output: 'pong\n' });
    expect(await root.run('vbt', 'start')).toEqual({
      code: 0,
      output: `tracker runs already (pid ${pid})\n`,
    });
    const { code, output } = await root.run('vbt', 'status');
    expect([code, output]).toEqual([0, expect.stringMatching(/runs: .* ready\n$/)]);
    expect(await codeOf('vbt', 'restart')).toBe(0);
    expect(root.pid('tracker')).not.toBe(pid);
    const stopped = await root.run('vbt', 'stop');
    expect([stopped.code, stopped.output]).toEqual([0, expect.stringContaining('is stopped')]);
    expect(root.pidFile('tracker')).toEqual({ kind: 'none' });
    expect(await codeOf('vbt', 'stop')).toBe(0);
    expect(await codeOf('vbt', 'status')).toBe(3);
  });

  it('takes one that was killed for dead, and starts it again', async () => {
    expect(await codeOf('vbt', 'start')).toBe(0);
    await kill('tracker');
    expect(await codeOf('vbt', 'status')).toBe(1);
    expect(await codeOf('vbt', 'ping')).toBe(7);
    expect(await codeOf('vbt', 'start')).toBe(0);
    expect(await codeOf('vbt', 'status')).toBe(0);
  });

  it('leaves the process alone that has the pid of one that is dead', async () => {
    const other = spawn('sleep', ['60']);
    children.push(other);
    await once(other, 'spawn');
    expect(await codeOf('vbt', 'start')).toBe(0);
    const text = readFileSync(root.path('data', 'tracker.pid'), 'utf8');
    const pid = root.pid('tracker');
    expect(await codeOf('vbt', 'stop')).toBe(0);
    const reused = text.replaceAll(String(pid), String(other.pid));
    writeFileSync(root.path('data', 'tracker.pid'), reused);
    expect(await codeOf('vbt', 'status')).toBe(1);
    expect(await codeOf('vbt', 'stop')).toBe(0);
    expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  });

  it('can’t tell by a file that is no pid file, and starts and stops nothing then', async () => {
    writeFileSync(root.path('data', 'tracker.pid'), '1\n');
    expect(await codeOf('vbt', 'status')).toBe(4);
    expect(await codeOf('vbt', 'start')).toBe(1);
    expect(await codeOf('vbt', 'stop')).toBe(1);
    writeFileSync(root.path('data', 'tracker.pid'), '');
    expect(await codeOf('vbt', 'status')).toBe(4);
    writeFileSync(root.path('data', 'tracker.pid'), 'x\n{}\n');
  });

  it('says why a start failed, with the service’s own exit code', async () => {
    root.settings('tracker', { ...readSettings('tracker'), sockets_mix: 1 });
    const wrong = await root.run('vbt', 'start');
    expect([wrong.code, wrong.output]).toEqual([78, expect.stringContaining('"sockets_mix"')]);
    expect(await codeOf('vbt', 'status')).toBe(3);
  });

  it('says that a port is taken, and not what an older start said', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    appendFileSync(root.path('log', 'tracker.log'), 'tracker: an older line\n');
    root.settings('tracker', { ...readSettings('tracker'), tracker_listen_port: port });
    const { code, output } = await root.run('vbt', 'start');
    server.close();
    expect([code, output]).toEqual([98, expect.stringContaining(String(port))]);
    expect(output).not.toContain('an older line');
    expect(await codeOf('vbt', 'status')).toBe(3);
  });

  it('starts one that waits for Kafka, and says that it waits', async () => {
    root.settings('common', { kafka_brokers: ['127.0.0.1:9'] });
    const { code, output } = await root.run('vbt', 'start', '--wait', '8');
    expect([code, output]).toEqual([0, expect.stringContaining('not ready yet (starting): see ')]);
    expect(await codeOf('vbt', 'ping')).toBe(0);
    expect(await codeOf('vbt', 'stop')).toBe(0);
  });

  it('leaves a tracker as it is when it would not start again', async () => {
    expect(await codeOf('vbt', 'start')).toBe(0);
    const pid = root.pid('tracker');
    root.settings('tracker', { ...readSettings('tracker'), admin_port: 'many' });
    const { code, output } = await root.run('vbt', 'restart');
    expect([code, output]).toEqual([78, expect.stringContaining('admin_port')]);
    expect(root.pid('tracker')).toBe(pid);
  });

  it('kills one that hangs, but only when the time of its drain is over', async () => {
    root.settings('tracker', { ...readSettings('tracker'), stop_deadline_seconds: 37 });
    expect(await codeOf('vbt', 'start')).toBe(0);
    const pid = root.pid('tracker');
    const file = root.path('data', 'tracker.pid');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"stopDeadlineSeconds":37', '"stopDeadlineSeconds":-9'),
    );
    // It hears of SIGCONT, and is halted again before it can do anything.
    const halting = setInterval(() => process.kill(pid, 'SIGSTOP'), 1);
    const { code, output } = await root.run('vbt', 'stop');
    clearInterval(halting);
    expect([code, output]).toEqual([0, expect.stringContaining('is killed')]);
    expect(await codeOf('vbt', 'status')).toBe(3);
  });

  it('says that it has no settings yet, and what is wrong of its arguments', async () => {
    const bare = new ProgramRoot();
    expect(await bare.run('vbt', 'start')).toMatchObject({ code: 6 });
    await bare.remove();
    for (const args of [[], ['strat'], ['start', '--nonsense'], ['check', '--viewers', 'many']]) {
      expect([args, await codeOf('vbt', ...args)]).toEqual([args, 2]);
    }
    expect(await codeOf('vbt', '--help')).toBe(0);
  });

  it('starts instances side by side, and no second one of the same', async () => {
    const starts = [root.run('vbt', 'start'), root.run('vbt', 'start')];
    const codes = (await Promise.all(starts)).map(({ code }) => code).toSorted();
    expect(codes[0]).toBe(0);
    expect(await codeOf('vbt', 'ping')).toBe(0);
    expect(await codeOf('vbt', '--instance', '2', 'status')).toBe(3);
    expect(await codeOf('vbt', '--instance', '../2', 'status')).toBe(2);
  });

  it('goes on logging into a log that was cut', async () => {
    expect(await codeOf('vbt', 'start')).toBe(0);
    const log = root.path('log', 'tracker.log');
    truncateSync(log);
    expect(await codeOf('vbt', 'stop')).toBe(0);
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain('stopped');
  });

  it('compares this host with what the settings let in, or with what it is asked for', async () => {
    const configured = await root.run('vbt', 'check', '--json');
    expect(JSON.parse(configured.output)).toMatchObject({ viewers: 10_000 });
    const { code, output } = await root.run('vbt', 'check', '--viewers', '100000000');
    expect([code, output]).toEqual([1, expect.stringMatching(/change: .* of this size/)]);
    expect(await codeOf('vba', 'check', '--viewers', '1')).toBe(0);
    expect(await codeOf('vba', 'check')).toBe(2);
  });

  it('compares this host where nothing was started yet, as in a new checkout', () => {
    const { status, stdout, stderr } = spawnSync(
      join(packageRoot(), 'bin', 'vbt'),
      ['check', '--json', '--viewers', '100000000'],
      {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], VIBLAST_ROOT: root.path('absent') },
      },
    );
    expect([status, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toMatchObject({ viewers: 100_000_000 });
  });

  it('runs in the foreground until it is told to stop', async () => {
    const child = spawn(join(packageRoot(), 'bin', 'vbt'), ['foreground'], {
      env: { PATH: process.env['PATH'], VIBLAST_ROOT: root.folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    child.stdout.resume();
    const ready = await waitUntil(async () => (await codeOf('vbt', 'ping')) === 0 || 'no', 60_000);
    expect(ready).toEqual({ kind: 'ready' });
    expect(await codeOf('vbt', 'foreground')).toBe(1);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await codeOf('vbt', 'status')).toBe(3);
  });
});

describe('vba', () => {
  it('is the rollup and the ingest, or one of them', async () => {
    expect(await codeOf('vba', 'start', '--wait', '60')).toBe(0);
    expect(await root.run('vba', 'ping')).toEqual({ code: 0, output: 'pong\n' });
    const { output } = await root.run('vba', 'status');
    expect(output).toMatch(/^rollup runs: .* ready$/m);
    expect(output).toMatch(/^ingest runs: .* ready$/m);
    const rollup = root.pid('rollup');
    expect(await codeOf('vba', '--role', 'ingest', 'stop')).toBe(0);
    expect(root.pid('rollup')).toBe(rollup);
    expect(await codeOf('vba', 'status')).toBe(3);
    expect(await codeOf('vba', 'ping')).toBe(7);
    expect(await codeOf('vba', 'start')).toBe(0);
    expect(root.pid('rollup')).toBe(rollup);
    await kill('rollup');
    expect(await codeOf('vba', 'status')).toBe(1);
    expect(await codeOf('vba', 'stop')).toBe(0);
    expect(await codeOf('vba', 'status')).toBe(3);
    expect(await codeOf('vba', '--role', 'tracker', 'status')).toBe(2);
  });
});

describe('a unit with Type=notify', () => {
  it('is told that the service is ready, and for how long it stops', async () => {
    const socket = root.path('notify');
    const listener = spawn('perl', ['-MSocket', '-e', listening, socket]);
    children.push(listener);
    await once(listener.stdout, 'data');
    let told = '';
    listener.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    const main = join(packageRoot(), 'dist', 'tracker', 'main.js');
    const service = spawn(process.execPath, [main, '--config', root.path('etc')], {
      env: { PATH: process.env['PATH'], NOTIFY_SOCKET: socket },
      stdio: 'ignore',
    });
    children.push(service);
    const has = (text: string) => () => Promise.resolve(told.includes(text) || told);
    expect(await waitUntil(has('READY=1'), 60_000)).toEqual({ kind: 'ready' });
    service.kill('SIGTERM');
    expect(await waitUntil(has('EXTEND_TIMEOUT_USEC=70000000'), 10_000)).toEqual({ kind: 'ready' });
    expect(told).toContain('STOPPING=1');
    expect(await once(service, 'exit')).toEqual([0, null]);
  });
});

/** A datagram socket, for which Node.js has no words: what comes, each on a line. */
const listening = `
  $| = 1;
  socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die $!;
  bind($socket, sockaddr_un($ARGV[0])) or die $!;
  print "listening\\n";
  my $text;
  while (defined recv($socket, $text, 4096, 0)) { print "$text\\n"; }
`;
