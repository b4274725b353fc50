import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { join } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { packageRoot } from '../../service/package-root.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { acceptsConnections } from '../../lab/stack/process/probes.js';
import { waitUntil } from '../../lab/stack/process/wait-until.js';
import { HaproxyServer } from '../../lab/stack/servers/haproxy.js';
import { extraServices } from './testing/stack.js';

jest.setTimeout(120_000);

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

describe('HAProxy', () => {
  it('takes a tracker in without dropping open sockets', async () => {
    const supervisor = new Supervisor();
    ends.push(() => supervisor.close(2_000));
    const haproxy = await HaproxyServer.start(supervisor);
    const trackers = [await standIn(supervisor, 'one'), await standIn(supervisor, 'two')];
    const [first, second] = trackers;
    if (first === undefined || second === undefined) throw new Error('no trackers');
    await haproxy.add([first]);
    const early = await open(haproxy.ws);
    expect(await ask(early)).toBe('one');
    await haproxy.add([second]);
    expect(await ask(early)).toBe('one');
    const names = new Set<string>();
    for (let count = 0; count < 4; count += 1) names.add(await ask(await open(haproxy.ws)));
    expect([...names].toSorted()).toEqual(['one', 'two']);
  });
});

describe('a process of the stack', () => {
  it('is ended, and its folder removed, when the process that started it is killed', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', parentScript()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { folder, port } = JSON.parse(line) as { folder: string; port: number };
    expect(await acceptsConnections(port)).toBe(true);
    child.kill('SIGKILL');
    const outcome = await waitUntil(async () => {
      if ((await acceptsConnections(port)) === true) return 'the server still runs';
      return existsSync(folder) ? 'the folder is still there' : true;
    }, 20_000);
    expect(outcome).toEqual({ kind: 'ready' });
  });

  it('can be started beside the shared stack, killed, and started again', async () => {
    const extra = extraServices();
    ends.push(() => extra.close());
    const { process: tracker } = await extra.services.startTracker();
    const { pid, exited } = tracker;
    tracker.kill('SIGKILL');
    expect(await exited).toBe(137);
    await tracker.start();
    expect(tracker.pid).not.toBe(pid);
  });

  it('shows the end of its log when it does not become ready', async () => {
    const supervisor = new Supervisor();
    ends.push(() => supervisor.close());
    const start = supervisor.run({
      name: 'broken',
      command: process.execPath,
      args: ['-e', 'console.error("no such luck"); process.exit(3)'],
      isReady: () => Promise.resolve('never'),
    });
    await expect(start).rejects.toThrow(/ended with code 3 before it was ready.*no such luck/s);
  });
});

function parentScript(): string {
  const module = (path: string): string => JSON.stringify(join(packageRoot(), 'dist', path));
  return `
    import { Supervisor } from ${module('lab/stack/process/supervisor.js')};
    import { startClickHouse } from ${module('lab/stack/servers/clickhouse.js')};
    const supervisor = new Supervisor();
    const { url } = await startClickHouse(supervisor);
    console.log(JSON.stringify({ folder: supervisor.folder, port: Number(new URL(url).port) }));
    setInterval(() => {}, 1000);`;
}

/** Says its name to whoever asks, and that it is well. */
async function standIn(
  supervisor: Supervisor,
  name: string,
): Promise<{ readonly name: string; readonly port: number }> {
  const port = await supervisor.ports.reserve();
  const server = createServer((_, response) => response.end('ok'));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', () => socket.send(name)));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  ends.push(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    server.close();
  });
  return { name, port };
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  ends.push(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

async function ask(socket: WebSocket): Promise<string> {
  socket.send('who');
  const [answer] = (await once(socket, 'message')) as [Buffer];
  return answer.toString();
}
