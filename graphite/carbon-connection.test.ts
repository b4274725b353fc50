import { beforeEach, describe, expect, it } from '@jest/globals';
import { LastingCarbonConnection } from './carbon-connection.js';
import type { CarbonSocket, SocketEvents } from './carbon-socket.js';

/** A socket whose other side the test is. */
class Socket implements CarbonSocket {
  waitingBytes = 0;
  readonly written: string[] = [];
  isEnded = false;
  isDestroyed = false;

  constructor(readonly events: SocketEvents) {}

  write(lines: string): void {
    this.written.push(lines);
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  /** Carbon has read all of it. */
  read(): void {
    this.events.onClosed('connection closed', true);
  }

  reset(): void {
    this.events.onClosed('connection reset', false);
  }
}

let nowMs: number;
let timers: { readonly atMs: number; readonly run: () => void }[];
let sockets: Socket[];
let lost: string[];
let told: string[];
let connection: LastingCarbonConnection;

function passTo(untilMs: number): void {
  for (;;) {
    const due = timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
    const [first] = due;
    if (first === undefined) break;
    timers = timers.filter((timer) => timer !== first);
    nowMs = first.atMs;
    first.run();
  }
  nowMs = untilMs;
}

function socket(index: number): Socket {
  const one = sockets[index];
  if (one === undefined) throw new Error(`${sockets.length} sockets were opened`);
  return one;
}

/** The connection in use is renewed, and carbon reads what came by it. */
function renew(untilMs: number): void {
  const used = sockets.length - 1;
  passTo(untilMs);
  socket(used + 1).events.onOpen();
  socket(used).read();
}

beforeEach(() => {
  nowMs = 0;
  timers = [];
  sockets = [];
  lost = [];
  told = [];
  connection = new LastingCarbonConnection({
    open: (events) => {
      const opened = new Socket(events);
      sockets.push(opened);
      return opened;
    },
    after: (delayMs, run) => void timers.push({ atMs: nowMs + delayMs, run }),
    now: () => nowMs,
    onConnected: () => undefined,
    onLost: (reason) => void lost.push(reason),
    onRenewed: () => void told.push('renewed'),
    onNotRenewed: (reason) => void told.push(reason),
  });
  socket(0).events.onOpen();
});

describe('a lasting connection to carbon', () => {
  it('has a write taken when carbon has read it, and has read something else 30 s later', () => {
    const receipt = connection.write('a 1 60\n');
    renew(5_000);
    expect(receipt?.isTaken()).toBe(false);
    for (let atMs = 10_000; atMs < 35_000; atMs += 5_000) renew(atMs);
    expect(receipt?.isTaken()).toBe(false);
    renew(35_000);
    expect(receipt?.isTaken()).toBe(true);
    expect(lost).toEqual([]);
  });

  it('opens the next one before it ends the one in use, and writes to it when that was read', () => {
    connection.write('a 1 60\n');
    passTo(5_000);
    expect([sockets.length, socket(0).isEnded]).toEqual([2, false]);
    expect(connection.write('a 2 60\n')).toBeDefined();
    socket(1).events.onOpen();
    expect([socket(0).isEnded, connection.isReady]).toEqual([true, false]);
    expect(connection.write('a 3 60\n')).toBeUndefined();
    socket(0).read();
    connection.write('a 3 60\n');
    expect(sockets.map(({ written }) => written)).toEqual([['a 1 60\n', 'a 2 60\n'], ['a 3 60\n']]);
  });

  it('leaves a connection alone while all that was written is on disk', () => {
    passTo(600_000);
    expect(sockets).toHaveLength(1);
  });

  it('does not take carbon’s own end for an answer', () => {
    const receipt = connection.write('a 1 60\n');
    socket(0).read();
    expect(lost).toHaveLength(1);
    passTo(1_000);
    socket(1).events.onOpen();
    expect(connection.epoch).toBe(2);
    connection.write('b 1 60\n');
    for (let atMs = 6_000; atMs <= 36_000; atMs += 5_000) renew(atMs);
    expect(receipt?.isTaken()).toBe(false);
  });

  it('counts a carbon that reads nothing as gone, and drops what is stuck on the way to it', () => {
    const receipt = connection.write('a 1 60\n');
    passTo(5_000);
    socket(1).events.onOpen();
    passTo(44_999);
    expect(lost).toEqual([]);
    passTo(45_000);
    expect(lost).toEqual(['nothing was read for 40 s']);
    expect(sockets.map(({ isDestroyed }) => isDestroyed)).toEqual([true, true]);
    expect(receipt?.isTaken()).toBe(false);
  });

  it('begins a second new epoch when a carbon that hung reads on, for older lines may come last', () => {
    connection.write('a 1 60\n');
    passTo(5_000);
    socket(1).events.onOpen();
    passTo(45_250);
    socket(2).events.onOpen();
    const receipt = connection.write('a 2 60\n');
    expect(connection.epoch).toBe(2);
    renew(50_250);
    expect(connection.epoch).toBe(3);
    for (let atMs = 55_250; atMs <= 80_250; atMs += 5_000) renew(atMs);
    expect([connection.epoch, receipt?.isTaken()]).toEqual([3, false]);
  });

  it('goes on with the one in use when no next one can be opened', () => {
    connection.write('a 1 60\n');
    passTo(5_000);
    socket(1).reset();
    expect([lost.length, connection.isReady, connection.epoch]).toEqual([0, true, 1]);
    passTo(10_000);
    expect(sockets).toHaveLength(3);
  });

  it('tells when no next one has opened for a minute, until one does', () => {
    const receipt = connection.write('a 1 60\n');
    const refused = (untilMs: number): void => {
      passTo(untilMs);
      socket(sockets.length - 1).reset();
    };
    for (let atMs = 5_000; atMs < 65_000; atMs += 5_000) refused(atMs);
    expect(told).toEqual([]);
    refused(65_000);
    refused(70_000);
    expect(told).toEqual([60, 65].map((s) => `no new connection for ${s} s: connection reset`));
    expect([connection.isReady, receipt?.isTaken(), lost]).toEqual([true, false, []]);
    renew(75_000);
    expect(told.slice(2)).toEqual(['renewed']);
    refused(80_000);
    expect(told).toHaveLength(3);
  });

  it.each([
    ['the one in use', 0],
    ['the next one', 1],
  ])('begins a new epoch when %s is lost', (_which, index) => {
    const receipt = connection.write('a 1 60\n');
    passTo(5_000);
    socket(1).events.onOpen();
    socket(index).reset();
    expect([lost.length, connection.isReady]).toEqual([1, false]);
    socket(1 - index).read();
    passTo(6_000);
    socket(2).events.onOpen();
    expect([lost.length, connection.isReady, connection.epoch]).toEqual([1, true, 2]);
    expect(receipt?.isTaken()).toBe(false);
  });

  it('takes no lines while too much waits in it', () => {
    socket(0).waitingBytes = 16 * 1_024 * 1_024 + 1;
    expect(connection.write('a 1 60\n')).toBeUndefined();
  });

  it('opens nothing any more when it is closed', () => {
    connection.write('a 1 60\n');
    connection.close();
    passTo(600_000);
    expect([sockets.length, socket(0).isEnded]).toEqual([1, true]);
  });
});
