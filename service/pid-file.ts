import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Type, type Static } from 'typebox';
import { messageOf } from './errors.js';

const RunningService = Type.Object({
  pid: Type.Integer({ minimum: 1 }),
  /** With the pid it names one process for ever: see `processIdentity`. */
  identity: Type.String(),
  node: Type.String(),
  /** `host:port` of the admin port, as bound. */
  admin: Type.String(),
  /** How long a stop may take. */
  stopDeadlineSeconds: Type.Number(),
  /** Where its program is: an upgrade leaves that there as long as it runs. */
  program: Type.String(),
});
/** What a running service tells of itself in its pid file. */
export type RunningService = Static<typeof RunningService>;

const isRunningService = new Ajv().compile<RunningService>(RunningService);

export type PidFile =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** The process that it names is gone, though another one may have its pid now. */
  | { readonly kind: 'dead'; readonly pid: number }
  | { readonly kind: 'alive'; readonly running: RunningService };

/**
 * Which boot, and when in it the process began: pids are used again, and a boot may give the same
 * pid at the same time. `undefined`: there is no such process, or nobody has waited for its end.
 */
export function processIdentity(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name stands in parentheses and may hold spaces; the state follows it, and the
    // start as the 20th field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

/** What the file says, and whether that is still so. */
export function readPidFile(path: string, identityOf = processIdentity): PidFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    // Not every file that can't be seen is missing: its folder may be closed to us.
    if (isMissing(error)) return { kind: 'none' };
    return { kind: 'unreadable', reason: messageOf(error) };
  }
  const running = parse(text);
  if (running === undefined) {
    return { kind: 'unreadable', reason: `${path} is no pid file of a service` };
  }
  const isAlive = identityOf(running.pid) === running.identity;
  return isAlive ? { kind: 'alive', running } : { kind: 'dead', pid: running.pid };
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

/** The pid alone in the first line, as others read it, and the rest in the second. */
function parse(text: string): RunningService | undefined {
  const [pid = '', rest = ''] = text.split('\n');
  try {
    const value: unknown = JSON.parse(rest);
    if (!isRunningService(value) || String(value.pid) !== pid) return undefined;
    return value;
  } catch {
    return undefined;
  }
}

/** Whoever reads it meanwhile finds the old one or the new one, whole. */
export function writePidFile(path: string, running: RunningService): void {
  const written = `${path}.${running.pid}`;
  writeFileSync(written, `${running.pid}\n${JSON.stringify(running)}\n`);
  renameSync(written, path);
}

/** Removes the file if it still names this process. */
export function removePidFile(path: string, pid: number): void {
  try {
    if (parse(readFileSync(path, 'utf8'))?.pid === pid) rmSync(path);
  } catch {
    // It is gone already, or cannot be removed; the process it names ends now.
  }
}
