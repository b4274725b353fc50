// Child processes: they run in the package's folder, and end when we are told to.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';

export const root = resolve(import.meta.dirname ?? '.', '..', '..');
export const exits = { usage: 64, unavailable: 69, internal: 70 };
export const say = (line) => process.stderr.write(`${line}\n`);
process.stderr.on('error', () => undefined);

export class Failure extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

// Children that are running: signals go on to them, and we end when they have.
const children = new Set();
let stopSignal;
function stop(signal) {
  stopSignal ??= signal;
  for (const { child, isProgram } of children) {
    // Tools may have been started with SIGINT ignored, and leave nothing that has to be ended in
    // order.
    child.kill(isProgram ? signal : 'SIGTERM');
  }
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
if (process.env['npm_lifecycle_event'] !== undefined) {
  // An npm that is killed can't pass anything on; its children then belong to somebody else.
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    stop('SIGTERM');
  }, 500);
  watch.unref();
}

function refuseWhenStopped() {
  if (stopSignal !== undefined) throw new Failure('stopped', 128 + constants.signals[stopSignal]);
}

/**
 * Runs a command to its end; resolves with its exit code (128 + number after a signal) and output.
 */
export async function run(command, args, options = {}) {
  refuseWhenStopped();
  const stdio = options.stdio ?? ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, args, { cwd: root, stdio, env: { ...process.env, ...options.env } });
  const entry = { child, isProgram: options.isProgram === true };
  children.add(entry);
  const output = [];
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  try {
    const result = await new Promise((done) => {
      child.once('error', (error) => done({ code: 127, output: error.message }));
      child.once('close', (code, signal) =>
        done({
          code: code ?? 128 + (constants.signals[signal] ?? 0),
          output: Buffer.concat(output).toString(),
        }),
      );
    });
    // A tool that ended because we were told to stop has nothing to tell.
    if (!entry.isProgram) refuseWhenStopped();
    return result;
  } finally {
    children.delete(entry);
  }
}

export function runNode(args, options) {
  return run(process.execPath, args, options);
}

export function bin(...path) {
  return join(root, 'node_modules', ...path);
}

/** Runs a part of the program with our input and output; it ends with us, whatever ends us. */
export async function runProgram(path, args) {
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const { code } = await runNode(['--enable-source-maps', path, ...args], {
    stdio,
    isProgram: true,
  });
  return code;
}
